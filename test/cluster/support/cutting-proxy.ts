import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { closeAfterTest } from '../../support/pomelo-app.js';

/** Between a client and a server: lets everything through until it is told where to cut. It is ended after the test. */
export class CuttingProxy {
  /** Connections that were cut. */
  cuts = 0;
  private readonly sockets = new Set<Socket>();
  private question: string | undefined;
  private answer = '';
  private isShut = false;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  /** Starts it in front of a port. */
  static async start(target: number): Promise<CuttingProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy = new CuttingProxy(server, (server.address() as AddressInfo).port);
    server.on('connection', (client) => proxy.join(client, connect(target, '127.0.0.1')));
    return closeAfterTest(proxy);
  }

  /** Cuts off the first client that writes something with `question` in it, before it gets the `answer`, and shuts. */
  cutBetween(question: string, answer: string): void {
    this.question = question;
    this.answer = answer;
  }

  /** Lets clients in again. */
  reopen(): void {
    this.isShut = false;
  }

  /** Ends it. */
  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private join(client: Socket, server: Socket): void {
    let isAsking = false;
    const end = (): void => {
      client.destroy();
      server.destroy();
    };
    if (this.isShut) end();
    for (const socket of [client, server]) {
      this.sockets.add(socket);
      socket.on('close', end).on('error', end);
    }
    client.on('data', (bytes) => {
      if (this.question !== undefined && bytes.includes(this.question)) {
        isAsking = true;
        this.question = undefined;
      }
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (!isAsking || !bytes.includes(this.answer)) client.write(bytes);
      else if (!client.destroyed) {
        this.cuts += 1;
        this.isShut = true;
        end();
      }
    });
  }
}
