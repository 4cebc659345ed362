import { connect, type Socket } from 'node:net';
import {
  decodeMessageHead,
  encodeMessage,
  encodePackage,
  HANDSHAKE_ACK_PACKAGE,
  MessageHead,
  MessageType,
  PackageDecoder,
  PackageType,
  utf8Decode,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from './pomelo-app.js';

/** A package from the server, with its body as bytes and, where it is JSON, as a value. */
export interface ReceivedPackage {
  readonly type: PackageType;
  readonly bytes: Uint8Array;
  readonly json: unknown;
}

/** A TCP client that sends exactly the bytes it is told to, and keeps every package that comes. */
export class RawClient implements PackageSink {
  /** Everything that came, in order; `undefined` is the end of the connection. */
  readonly packages = new AsyncQueue<ReceivedPackage | undefined>();
  /** Every byte that came. */
  readonly chunks: Buffer[] = [];
  /** Fulfils when the connection is closed; true after an error, such as a reset. */
  readonly closed: Promise<boolean>;
  private readonly decoder = new PackageDecoder(0xffffff);

  constructor(readonly socket: Socket) {
    socket.on('data', (chunk) => {
      this.chunks.push(chunk);
      this.decoder.push(chunk, this);
    });
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
    void this.closed.then(() => this.packages.put(undefined));
  }

  /** Connects; the socket is destroyed after the test. */
  static open(port: number): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true });
      const client = closeAfterTest(new RawClient(socket));
      socket.once('connect', () => resolve(client));
      socket.once('error', reject);
    });
  }

  /** Connects and shakes hands; the reply has been taken. */
  static async ready(port: number, sys: object = POMELO_SYS): Promise<RawClient> {
    const client = await RawClient.open(port);
    client.send(handshake({ sys }));
    await client.packages.take();
    client.send(HANDSHAKE_ACK_PACKAGE);
    return client;
  }

  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Everything that still comes until the connection ends. */
  async rest(): Promise<ReceivedPackage[]> {
    const all: ReceivedPackage[] = [];
    for (let next = await this.packages.take(); next !== undefined; next = await this.packages.take()) {
      all.push(next);
    }
    return all;
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    const body = bytes.slice(start, end);
    this.packages.put({ type, bytes: body, json: type === PackageType.Data ? undefined : jsonOf(body) });
    return true;
  }
}

/** What a JavaScript client of Pomelo says of itself. */
export const POMELO_SYS = { type: 'js-websocket', version: '0.0.1' };
/** What libpitaya says of itself. */
export const PITAYA_SYS = {
  platform: 'linux',
  libVersion: '0.3.5',
  clientBuildNumber: '1',
  clientVersion: '1.0',
};

/** A HANDSHAKE package. */
export function handshake(body: unknown): Uint8Array {
  return encodePackage(PackageType.Handshake, Buffer.from(JSON.stringify(body)));
}

/** A request as a whole package; the body is JSON, or bytes as they are. */
export function request(id: number, route: string, body: unknown = {}, compressedBody = false): Uint8Array {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  return encodePackage(
    PackageType.Data,
    encodeMessage({ type: MessageType.Request, id, route, compressedBody }, bytes),
  );
}

/** A message from the server, taken apart. */
export function readMessage(received: ReceivedPackage | undefined): {
  readonly head: MessageHead;
  readonly body: Uint8Array;
  readonly json: unknown;
} {
  if (received?.type !== PackageType.Data) throw new Error(`no message but ${JSON.stringify(received)}`);
  const head = new MessageHead();
  decodeMessageHead(received.bytes, 0, received.bytes.length, head);
  const body = received.bytes.slice(head.bodyStart);
  return { head, body, json: jsonOf(body) };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8Decode(bytes, 0, bytes.length));
  } catch {
    return undefined;
  }
}
