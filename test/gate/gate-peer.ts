import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { WebSocket, type ClientOptions } from 'ws';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from '../support/pomelo-app.js';

/** How a client of a gate is connected. */
export type GateTransport = 'tcp' | 'ws';

/** A pack as it came, taken apart. */
export interface ReceivedPack {
  readonly hex: string;
  readonly topic: string;
  readonly body: Buffer;
  /** The body as JSON; `undefined` when it is none. */
  readonly json: unknown;
}

/** Options of a WebSocket, and the URL when it is another one. */
interface WebSocketOptions extends ClientOptions {
  readonly servername?: string;
  readonly url?: string;
}

/** How bytes travel. */
interface Link {
  write(bytes: Uint8Array): void;
  end(): void;
  destroy(): void;
  pause(): void;
  resume(): void;
  /** Sends one byte more of a pack that never ends; over WebSocket in a message that never does. */
  drip(): void;
  ping(): void;
}

/** A client of a gate, written from what is known of the protocol. */
export class GatePeer {
  /** Every pack that came, in order; `undefined` is the end of the connection. */
  readonly packs = new AsyncQueue<ReceivedPack | undefined>();
  /** Every pack that came, as hex. */
  readonly hexes: string[] = [];
  private rest = Buffer.alloc(0);

  private constructor(
    readonly link: Link,
    /** Fulfils when the connection has ended; the close code of a WebSocket. */
    readonly closed: Promise<number | undefined>,
    listen: (take: (bytes: Buffer) => void) => void,
  ) {
    listen((bytes) => this.take(bytes));
    void closed.then(() => this.packs.put(undefined));
    closeAfterTest({ close: async () => link.destroy() });
  }

  /** Connects; nothing is said yet. */
  static async open(transport: GateTransport, port: number): Promise<GatePeer> {
    return transport === 'tcp' ? GatePeer.overTcp(port) : GatePeer.overWebSocket(port);
  }

  static async overTcp(port: number): Promise<GatePeer> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    return GatePeer.over(socket, 'connect');
  }

  static async overTls(port: number, ca: string): Promise<GatePeer> {
    const socket = connectTls({ port, host: '127.0.0.1', servername: 'localhost', ca });
    return GatePeer.over(socket, 'secureConnect');
  }

  static async overWebSocket(port: number, given: WebSocketOptions = {}): Promise<GatePeer> {
    const { url = `ws://127.0.0.1:${port}`, ...options } = given;
    const socket = new WebSocket(url, options);
    socket.on('error', () => {});
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const link = {
      write: (bytes: Uint8Array) => socket.send(bytes),
      end: () => socket.close(),
      destroy: () => socket.terminate(),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      drip: () => socket.send(Buffer.of(0xff), { fin: false }),
      ping: () => socket.ping(),
    };
    // A server that speaks first may do so in the same write as its answer to the upgrade.
    const peer = new GatePeer(link, closed, (take) => socket.on('message', take));
    await once(socket, 'open');
    return peer;
  }

  /** Sends bytes: over WebSocket as one message. */
  send(bytes: Uint8Array): void {
    this.link.write(bytes);
  }

  /** Sends a pack, and gives the next one that comes. */
  async ask(topic: string, body?: unknown): Promise<ReceivedPack | undefined> {
    this.send(pack(topic, body));
    return this.packs.take();
  }

  private static async over(socket: Socket | TLSSocket, connected: string): Promise<GatePeer> {
    socket.on('error', () => {});
    const closed = new Promise<undefined>((resolve) => socket.once('close', () => resolve(undefined)));
    const link = {
      write: (bytes: Uint8Array) => void socket.write(bytes),
      end: () => void socket.end(),
      destroy: () => void socket.destroy(),
      pause: () => void socket.pause(),
      resume: () => void socket.resume(),
      drip: () => void socket.write(Buffer.of(0xff)),
      ping: () => {},
    };
    const peer = new GatePeer(link, closed, (take) => socket.on('data', take));
    await once(socket, connected);
    return peer;
  }

  private take(bytes: Buffer): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 2 && this.rest.length >= this.rest.readUInt16LE(0)) {
      const size = this.rest.readUInt16LE(0);
      const received = takeApart(this.rest.subarray(0, size));
      this.rest = this.rest.subarray(size);
      this.hexes.push(received.hex);
      this.packs.put(received);
    }
  }
}

/** A pack; a body that is no bytes becomes JSON. */
export function pack(topic: string, body?: unknown): Buffer {
  const bytes =
    body instanceof Uint8Array ? body : Buffer.from(body === undefined ? '' : JSON.stringify(body));
  const name = Buffer.from(topic);
  const head = Buffer.alloc(4);
  head.writeUInt16LE(4 + name.length + bytes.length, 0);
  head.writeUInt16LE(name.length, 2);
  return Buffer.concat([head, name, bytes]);
}

function takeApart(bytes: Buffer): ReceivedPack {
  const end = bytes.length < 4 ? 4 : 4 + bytes.readUInt16LE(2);
  const body = Buffer.from(bytes.subarray(end));
  return { hex: bytes.toString('hex'), topic: bytes.subarray(4, end).toString(), body, json: jsonOf(body) };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}
