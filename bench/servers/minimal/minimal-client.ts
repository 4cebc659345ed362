import type { Socket } from 'node:net';
import { packageOf, readMessage, responseOf, type FrameHead } from './codec.js';
import type { Room } from './room.js';

const HANDSHAKE = 1;
const DATA = 4;
const HEAD_BYTES = 4;
const WELCOME = Buffer.from('{"code":200,"sys":{"heartbeat":30}}');

/** A handler: the body, and who sent it. */
type MinimalHandler = (body: unknown, client: MinimalClient) => unknown;

/** What all clients of a server share. */
export interface MinimalServer {
  readonly frame: FrameHead;
  readonly room: Room;
  readonly handlers: ReadonlyMap<string, MinimalHandler>;
}

/** One client of the codec by hand: what is sent to it in one turn leaves in one write. */
export class MinimalClient {
  private queue: Buffer[] = [];
  private rest: Buffer | undefined = undefined;

  constructor(
    private readonly server: MinimalServer,
    private readonly socket: Socket,
  ) {}

  /** Bytes of a stream. */
  onBytes(chunk: Buffer): void {
    const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
    const read = this.onPackages(bytes);
    this.rest = read === bytes.length ? undefined : bytes.subarray(read);
  }

  /** Handles all that are whole; gives the position of what is not. */
  onPackages(bytes: Buffer): number {
    let at = 0;
    while (bytes.length - at >= HEAD_BYTES) {
      const length = ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
      const end = at + HEAD_BYTES + length;
      if (end > bytes.length) break;
      if (bytes[at] === DATA) this.onMessage(bytes, at + HEAD_BYTES, end);
      else if (bytes[at] === HANDSHAKE) this.send(packageOf(HANDSHAKE, WELCOME, this.server.frame));
      at = end;
    }
    return at;
  }

  /** Queues a package in its frame. */
  send(bytes: Buffer): void {
    if (this.queue.length === 0) toFlush(this);
    this.queue.push(bytes);
  }

  /** Writes what is queued, and then what a channel has for all. */
  flush(last?: Buffer): void {
    const { queue } = this;
    if (last !== undefined) queue.push(last);
    const [first] = queue;
    if (first === undefined) return;
    this.queue = [];
    this.socket.write(queue.length === 1 ? first : Buffer.concat(queue));
  }

  private onMessage(bytes: Buffer, start: number, end: number): void {
    const { id, route, body } = readMessage(bytes, start, end);
    const answer = this.server.handlers.get(route)?.(body, this);
    if (id !== 0) this.send(responseOf(id, answer, this.server.frame));
  }
}

let dirty: MinimalClient[] = [];

function toFlush(client: MinimalClient): void {
  if (dirty.length === 0) process.nextTick(flushAll);
  dirty.push(client);
}

function flushAll(): void {
  const clients = dirty;
  dirty = [];
  for (const client of clients) client.flush();
}
