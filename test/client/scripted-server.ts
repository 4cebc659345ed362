import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { decodePackages, PackageDecoder } from 'nestjs-pomelo-protocol';
import { WebSocketServer, type WebSocket } from 'ws';
import { AsyncQueue } from './async-queue.js';
import { ScriptedPeer, type PeerSocket, type Script } from './scripted-peer.js';

/** The transports that a server can be made for. */
export type ServerKind = 'tcp' | 'ws';

const MAX_BODY_BYTES = 1 << 20;

/** A server on a free port that speaks the protocol library's bytes and does what a test tells it. */
export class ScriptedServer {
  /** Connections in the order they came. */
  readonly peers = new AsyncQueue<ScriptedPeer>();
  /** Connections that came, those cut at once included. */
  connections = 0;
  /** How many of the next connections are cut at once. */
  cutNext = 0;
  readonly script: Script;
  private readonly open = new Set<ScriptedPeer>();

  private constructor(
    private readonly kind: ServerKind,
    readonly port: number,
    private readonly closeServer: () => Promise<void>,
    script: Partial<Script>,
  ) {
    this.script = {
      handshake: () => ({ code: 200, sys: {} }),
      answersHeartbeats: true,
      stopsReading: false,
      ...script,
    };
  }

  /** Starts a server. */
  static async listen(kind: ServerKind, script: Partial<Script> = {}): Promise<ScriptedServer> {
    return kind === 'tcp' ? await listenTcp(createServer(), script) : await listenWs(script);
  }

  /** Starts a server over sockets of the given TCP server. */
  static make(
    kind: ServerKind,
    port: number,
    close: () => Promise<void>,
    script: Partial<Script>,
  ): ScriptedServer {
    return new ScriptedServer(kind, port, close, script);
  }

  /** Where to connect. */
  get url(): string {
    return `${this.kind}://127.0.0.1:${this.port}`;
  }

  /** Cuts every connection and stops. */
  async close(): Promise<void> {
    for (const peer of this.open) peer.destroy();
    await this.closeServer();
  }

  /** Takes a connection, unless it is to be cut; undefined then. */
  adopt(socket: PeerSocket, onClosed: (listener: () => void) => void): ScriptedPeer | undefined {
    this.connections++;
    if (this.cutNext > 0) {
      this.cutNext--;
      socket.destroy();
      return undefined;
    }
    const peer = new ScriptedPeer(socket, this.script, onClosed);
    this.open.add(peer);
    void peer.closed.then(() => this.open.delete(peer));
    this.peers.put(peer);
    return peer;
  }
}

/** Starts a scripted server over a TCP server, plain or TLS. */
export async function listenTcp(
  tcp: Server,
  script: Partial<Script> = {},
  event = 'connection',
): Promise<ScriptedServer> {
  tcp.listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const close = async (): Promise<void> => {
    tcp.close();
    await once(tcp, 'close');
  };
  const server = ScriptedServer.make('tcp', portOf(tcp.address()), close, script);
  tcp.on(event, (socket: Socket) => adoptTcp(server, socket));
  return server;
}

function adoptTcp(server: ScriptedServer, socket: Socket): void {
  socket.on('error', () => socket.destroy());
  const peer = server.adopt(socket, (listener) => socket.once('close', listener));
  const decoder = new PackageDecoder(MAX_BODY_BYTES);
  socket.on('data', (chunk) => {
    if (peer !== undefined && decoder.push(chunk, peer) !== undefined) socket.destroy();
  });
}

async function listenWs(script: Partial<Script>): Promise<ScriptedServer> {
  const ws = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(ws, 'listening');
  const close = async (): Promise<void> => {
    ws.close();
    await once(ws, 'close');
  };
  const server = ScriptedServer.make('ws', portOf(ws.address()), close, script);
  ws.on('connection', (socket) => adoptWs(server, socket));
  return server;
}

function adoptWs(server: ScriptedServer, socket: WebSocket): void {
  socket.on('error', () => socket.terminate());
  const face = {
    write: (bytes: Uint8Array): void => socket.send(bytes),
    destroy: (): void => socket.terminate(),
    pause: (): void => socket.pause(),
  };
  const peer = server.adopt(face, (listener) => socket.once('close', listener));
  socket.on('message', (data) => {
    if (peer === undefined || !Buffer.isBuffer(data)) return;
    if (decodePackages(data, MAX_BODY_BYTES, peer) !== undefined) socket.terminate();
  });
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return address.port;
}
