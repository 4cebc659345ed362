import { PackageDecoder, type PackageSink, PackageType } from 'nestjs-pomelo-protocol';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { AsyncQueue } from '../../client/async-queue.js';
import { ACK, HELLO, request } from '../../conformance/support/wire-bytes.js';
import { readPackage, type Received } from './received.js';
import { ServerFrames } from './server-frames.js';
import { isFramed, openWire, type Transport, type Wire } from './transport.js';
import { frame, upgradeRequest } from './ws-bytes.js';

/** How a connection ended: the way in which TCP said it, and the code of the WebSocket. */
export interface Ending {
  readonly how: 'fin' | 'reset' | 'ours';
  readonly code?: number;
}

/** A client that sends exactly the bytes it is told to, and keeps everything that comes. */
export class HostileClient implements PackageSink {
  /** Every package that came, in order; `undefined` is the end of the connection. */
  readonly packages = new AsyncQueue<Received | undefined>();
  /** Fulfils when the connection is closed. */
  readonly ended: Promise<Ending>;
  /** The server has answered its handshake. */
  isGreeted = false;
  /** It has sent more than it was asked for. */
  hasFlooded = false;
  /** Bytes that came. */
  receivedBytes = 0;
  private readonly decoder = new PackageDecoder(0xffffff);
  private readonly frames = new ServerFrames((opcode, payload) => this.onFrame(opcode, payload));
  /** The server has said that it ends the connection. */
  private isTold = false;
  private how: Ending['how'] | undefined;
  private code: number | undefined;

  readonly socket: Socket;

  constructor(
    private readonly wire: Wire,
    readonly transport: Transport,
  ) {
    const { socket } = wire;
    this.socket = socket;
    socket.on('data', (chunk) => this.onData(chunk));
    // What comes first counts: whoever answers a FIN may be reset for it.
    socket.once('end', () => (this.how ??= 'fin'));
    socket.once('error', () => (this.how ??= 'reset'));
    this.ended = new Promise((resolve) => socket.once('close', () => resolve(this.ending)));
    void this.ended.then(() => this.packages.put(undefined));
  }

  /** Connects, over WebSocket with the upgrade done. */
  static async open(
    port: number,
    transport: Transport,
    headers: readonly string[] = [],
  ): Promise<HostileClient> {
    const wire = await openWire(port, transport);
    if (isFramed(transport)) await upgrade(wire.socket, headers);
    return new HostileClient(wire, transport);
  }

  /** Sends packages in one segment, over WebSocket each in a message of its own. */
  send(...packages: readonly Uint8Array[]): void {
    this.raw(...(isFramed(this.transport) ? packages.map((bytes) => frame(bytes)) : packages));
  }

  /** Sends bytes as they are, over WebSocket without a frame around them. */
  raw(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /**
   * Sends bytes as they are again and again, as fast as the socket takes them, until the server says goodbye or the
   * connection ends. Gives how often.
   */
  async flood(bytes: Uint8Array, times: number): Promise<number> {
    this.hasFlooded = true;
    for (let count = 0; count < times; count += 1) {
      if (this.isTold || !this.socket.writable) return count;
      if (!this.socket.write(bytes)) await Promise.race([this.drained(), this.ended]);
    }
    return times;
  }

  /** Does the handshake; gives the answer. */
  async shakeHands(hello: Uint8Array = HELLO): Promise<unknown> {
    this.send(hello);
    const answer = await this.packages.take();
    this.isGreeted = true;
    return answer?.json;
  }

  /** Does the handshake and acknowledges it. */
  async work(): Promise<this> {
    await this.shakeHands();
    this.send(ACK);
    return this;
  }

  /** The body of the answer to a request. */
  ask(id: number, route: string, body?: Uint8Array | string): Promise<unknown> {
    this.send(request(id, route, body));
    return this.answer(id);
  }

  /** The body of the next answer with this id; what comes before it is dropped. */
  async answer(id: number): Promise<unknown> {
    for (;;) {
      const next = await this.packages.take();
      if (next === undefined) throw new Error(`The connection ended before request ${id} was answered.`);
      if (next.id === id) return next.json;
    }
  }

  /** Everything that still comes until the connection ends. */
  async rest(): Promise<Received[]> {
    const all: Received[] = [];
    for (let next = await this.packages.take(); next !== undefined; next = await this.packages.take()) {
      all.push(next);
    }
    return all;
  }

  /** Takes nothing more from the socket. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Ends the connection with a reset. */
  async reset(): Promise<void> {
    this.wire.below.resetAndDestroy();
    await this.ended;
  }

  /** Ends the connection, whatever state it is in. */
  async close(): Promise<void> {
    this.socket.resume();
    this.socket.destroy();
    await this.ended;
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    this.packages.put(readPackage(type, bytes.subarray(start, end)));
    this.isTold ||= type === PackageType.Kick;
    return true;
  }

  private drained(): Promise<void> {
    return new Promise((resolve) => this.socket.once('drain', resolve));
  }

  private get ending(): Ending {
    const { how = 'ours', code } = this;
    return code === undefined ? { how } : { how, code };
  }

  private onData(chunk: Buffer): void {
    this.receivedBytes += chunk.length;
    if (isFramed(this.transport)) this.frames.push(chunk);
    else this.decoder.push(chunk, this);
  }

  private onFrame(opcode: number, payload: Buffer): void {
    if (opcode === 2) this.decoder.push(payload, this);
    if (opcode !== 8) return;
    this.isTold = true;
    this.code = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
    // The server waits for it, for a while.
    this.socket.write(frame(payload, { opcode: 8 }));
  }
}

async function upgrade(socket: Socket, headers: readonly string[]): Promise<void> {
  socket.write(upgradeRequest(...headers));
  let head = '';
  while (!head.endsWith('\r\n\r\n')) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    head += chunk.toString('latin1');
  }
  if (!head.startsWith('HTTP/1.1 101 ')) throw new Error(`The upgrade was refused: ${head}`);
}
