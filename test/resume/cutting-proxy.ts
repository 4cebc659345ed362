import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** Where one connection ends: after so many bytes of one direction. */
export interface CutPlace {
  readonly from: 'client' | 'server';
  readonly bytes: number;
}

/** Between clients and a server: each connection ends where `place` says. What was not passed on by then is lost. */
export class CuttingProxy {
  /** Connections that were cut. */
  cuts = 0;
  /** Connections that were let through. */
  connections = 0;
  /** Nobody gets through. */
  isShut = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
    private readonly place: () => CutPlace | undefined,
  ) {}

  /** Starts it; `target` gives the port of the server for each connection, `place` where it is cut, if at all. */
  static async start(
    target: () => number,
    place: () => CutPlace | undefined = () => undefined,
  ): Promise<CuttingProxy> {
    const server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server, (server.address() as AddressInfo).port, place);
    server.on('connection', (client) => {
      proxy.join(client, connect({ port: target(), host: '127.0.0.1', noDelay: true }));
    });
    return proxy;
  }

  /** Cuts every connection. */
  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Ends it. */
  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    client.on('error', () => {});
    server.on('error', () => {});
    if (this.isShut) {
      client.destroy();
      server.destroy();
      return;
    }
    this.connections += 1;
    const place = this.place();
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('error', end).on('close', () => {
        this.sockets.delete(socket);
        end();
      });
    }
    this.pass(client, server, place?.from === 'client' ? place.bytes : Infinity, end);
    this.pass(server, client, place?.from === 'server' ? place.bytes : Infinity, end);
  }

  private pass(from: Socket, to: Socket, most: number, cut: () => void): void {
    let left = most;
    from.on('data', (bytes) => {
      if (bytes.length < left) {
        left -= bytes.length;
        to.write(bytes);
        return;
      }
      if (to.destroyed) return;
      this.cuts += 1;
      // The part before the cut still arrives.
      to.write(bytes.subarray(0, left), cut);
      from.pause();
    });
  }
}
