import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { WebSocket } from 'ws';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from '../support/pomelo-app.js';

/** A frame as it came, taken apart. */
export interface MydogFrame {
  readonly hex: string;
  readonly type: number;
  readonly cmd: number | undefined;
  readonly json: unknown;
}

/** The body of the answer to a handshake. */
export interface HandshakeReply {
  readonly md5: string;
  readonly route?: readonly string[];
  readonly heartbeat: number;
}

/** How bytes travel. */
interface Link {
  write(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
}

/** A mydog client, written from what is known of the protocol: frames of a u32be length, a type, a command and a body. */
export class MydogPeer {
  /** Every frame that came, in order; `undefined` is the end of the connection. */
  readonly frames = new AsyncQueue<MydogFrame | undefined>();
  /** What came in one read or one WebSocket message, as hex. */
  readonly pieces: string[] = [];
  /** Fulfils when the connection has ended; the close code of a WebSocket. */
  readonly closed: Promise<number | undefined>;
  routes: readonly string[] = [];
  private rest = Buffer.alloc(0);

  private constructor(
    private readonly link: Link,
    closed: Promise<number | undefined>,
    listen: (take: (bytes: Buffer) => void) => void,
  ) {
    this.closed = closed;
    listen((bytes) => this.take(bytes));
    void closed.then(() => this.frames.put(undefined));
    closeAfterTest({ close: async () => link.destroy() });
  }

  /** Connects; nothing is said yet. */
  static async open(transport: 'tcp' | 'ws', port: number): Promise<MydogPeer> {
    return transport === 'tcp' ? MydogPeer.overTcp(port) : MydogPeer.overWebSocket(port);
  }

  /** Connects and shakes hands; the routes are known. */
  static async ready(transport: 'tcp' | 'ws', port: number): Promise<MydogPeer> {
    const peer = await MydogPeer.open(transport, port);
    peer.send(frame(2, '{"md5":""}'));
    peer.routes = (await peer.handshakeReply()).route ?? [];
    return peer;
  }

  /** What the server answers to a handshake. */
  async handshakeReply(): Promise<HandshakeReply> {
    const answer = await this.frames.take();
    if (answer?.type !== 2) throw new Error(`no handshake but ${answer?.hex}`);
    return answer.json as HandshakeReply;
  }

  send(...frames: readonly Uint8Array[]): void {
    this.link.write(Buffer.concat(frames));
  }

  /** A message for a route of the table. */
  message(route: string, body: unknown): Buffer {
    return message(this.routes.indexOf(route), JSON.stringify(body ?? null));
  }

  /** Sends a message and gives the next frame. */
  async ask(route: string, body: unknown): Promise<MydogFrame | undefined> {
    this.send(this.message(route, body));
    return this.frames.take();
  }

  end(): void {
    this.link.end();
  }

  destroy(): void {
    this.link.destroy();
  }

  private static async overTcp(port: number): Promise<MydogPeer> {
    const socket: Socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.on('error', () => {});
    const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
    const link = {
      write: (bytes: Uint8Array) => void socket.write(bytes),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
    };
    await once(socket, 'connect');
    return new MydogPeer(link, closed, (take) => socket.on('data', take));
  }

  private static async overWebSocket(port: number): Promise<MydogPeer> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`);
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const link = {
      write: (bytes: Uint8Array) => socket.send(bytes),
      end: () => socket.close(),
      destroy: () => socket.terminate(),
    };
    await once(socket, 'open');
    return new MydogPeer(link, closed, (take) => socket.on('message', take));
  }

  private take(bytes: Buffer): void {
    this.pieces.push(bytes.toString('hex'));
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 4 && this.rest.length >= 4 + this.rest.readUInt32BE(0)) {
      const size = 4 + this.rest.readUInt32BE(0);
      this.frames.put(takeApart(this.rest.subarray(0, size)));
      this.rest = this.rest.subarray(size);
    }
  }
}

/** A frame of a type. */
export function frame(type: number, payload: string | Uint8Array = ''): Buffer {
  const body = Buffer.from(payload);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + body.length, 0);
  head[4] = type;
  return Buffer.concat([head, body]);
}

/** A message frame. */
export function message(cmd: number, body: string | Uint8Array): Buffer {
  return frame(1, Buffer.concat([Buffer.from([cmd >> 8, cmd & 0xff]), Buffer.from(body)]));
}

function takeApart(bytes: Buffer): MydogFrame {
  const type = bytes[4] ?? 0;
  const body = bytes.subarray(type === 1 ? 7 : 5);
  return {
    hex: bytes.toString('hex'),
    type,
    cmd: type === 1 ? bytes.readUInt16BE(5) : undefined,
    json: body.length === 0 ? undefined : JSON.parse(body.toString()),
  };
}
