import { connect, type OnReadOpts, type Socket } from 'node:net';
import { PackageStream, type PackageHead } from './package-stream.js';
import { ACK, DATA, HANDSHAKE, HELLO, request } from './packages.js';
import { maskedFrame, UPGRADE } from './ws-bytes.js';

/** How a client reaches the server. */
export type Transport = 'tcp' | 'ws';

/** All clients read into the same bytes: nothing is kept of them. */
const READ = Buffer.allocUnsafe(256 * 1024);
/** Flags, and an id that fits into one byte. */
const ANSWER_HEAD_BYTES = 2;
const PING = request(1, 'connector.echoHandler.ping');
const OPENINGS = {
  tcp: { hello: HELLO, confirm: Buffer.concat([ACK, PING]) },
  ws: { hello: maskedFrame(HELLO), confirm: Buffer.concat([maskedFrame(ACK), maskedFrame(PING)]) },
} as const;

/** A client that costs as little as the protocol allows. It works once its first request was answered. */
export class LightClient {
  /** Rejects when the connection ends before the client works. */
  readonly working: Promise<this>;
  /** Times of {@link performance.now}: connect was called, the handshake was sent, and it was answered. */
  readonly startedAt = performance.now();
  greetedAt = 0;
  welcomedAt = 0;
  /** Called with every message. */
  onMessage: (message: PackageHead) => void = () => {};
  /** Its first request was answered. */
  isWorking = false;
  private readonly socket: Socket;
  private readonly stream: PackageStream;
  private upgradeText: string | undefined;
  private settle = { resolve: (_client: this): void => {}, reject: (_error: Error): void => {} };

  constructor(
    port: number,
    private readonly transport: Transport,
  ) {
    this.stream = new PackageStream(transport === 'ws', (head) => this.onPackage(head));
    this.upgradeText = transport === 'ws' ? '' : undefined;
    this.working = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: this.reader() }, () =>
      this.onConnect(),
    );
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('the server closed the connection')));
  }

  /** The connection has not ended. */
  get isOpen(): boolean {
    return !this.socket.destroyed;
  }

  /** Sends a package, once or more often. */
  send(bytes: Buffer, times = 1): void {
    const wire = this.transport === 'ws' ? maskedFrame(bytes) : bytes;
    for (let sent = 0; sent < times; sent += 1) this.socket.write(wire);
  }

  /** Reads nothing from now on. */
  stopReading(): void {
    this.socket.pause();
  }

  /** Sends a request while nothing else comes; fulfils when it is answered with code 200. */
  ask(bytes: Buffer): Promise<this> {
    if (!this.isOpen) return Promise.reject(new Error('the connection has ended'));
    return new Promise((resolve, reject) => {
      this.settle = { resolve, reject };
      this.onMessage = (answer) => this.onAnswer(answer);
      this.send(bytes);
    });
  }

  /** Ends the connection with a reset. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  /** Ends the connection; what was asked for is rejected with this error. */
  fail(error: Error): void {
    this.settle.reject(error);
    this.socket.destroy();
  }

  private reader(): OnReadOpts {
    return {
      buffer: READ,
      callback: (count) => {
        this.onData(READ.subarray(0, count));
        return true;
      },
    };
  }

  private onConnect(): void {
    if (this.transport === 'ws') this.socket.write(UPGRADE);
    else this.greet();
  }

  private greet(): void {
    this.greetedAt = performance.now();
    this.socket.write(OPENINGS[this.transport].hello);
  }

  private onData(chunk: Buffer): void {
    try {
      if (this.upgradeText === undefined) this.stream.push(chunk);
      else this.onUpgrade(this.upgradeText + chunk.toString('latin1'));
    } catch (error) {
      this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private onUpgrade(text: string): void {
    this.upgradeText = text;
    if (!text.endsWith('\r\n\r\n')) return;
    if (!text.startsWith('HTTP/1.1 101 ')) throw new Error(`no WebSocket but ${text.slice(0, 40)}`);
    this.upgradeText = undefined;
    this.greet();
  }

  private onPackage(head: PackageHead): void {
    if (this.welcomedAt === 0) this.onWelcome(head);
    else if (head.type === DATA) this.onMessage(head);
    else this.fail(new Error(`a package of type ${head.type}`));
  }

  private onWelcome({ type, start }: PackageHead): void {
    if (type !== HANDSHAKE || !start.toString().startsWith('{"code":200,'))
      throw new Error(`refused: ${start.toString()}`);
    this.welcomedAt = performance.now();
    this.onMessage = (answer) => this.onAnswer(answer);
    this.socket.write(OPENINGS[this.transport].confirm);
  }

  private onAnswer({ start }: PackageHead): void {
    const body = start.toString('latin1', ANSWER_HEAD_BYTES);
    if (!body.startsWith('{"code":200')) throw new Error(`answered with ${body}`);
    this.onMessage = () => {};
    this.isWorking = true;
    this.settle.resolve(this);
  }
}
