import { connect, type Socket } from 'node:net';
import { Kind, type Dialect } from './dialects/dialect.js';
import { eachMessage } from './framing/framing.js';
import { controlOf, pong } from './framing/web-socket-framing.js';
import { upgradeEnd, upgradeRequest } from './upgrade.js';

/** Who is told what a connection gets. */
export interface LinkEvents {
  onReady(link: Link): void;
  /** So many answers came with one read. */
  onAnswers(link: Link, count: number): void;
  /** So many pushes came with one read. */
  onPushes(link: Link, count: number): void;
  /** It broke, or a server said what none should. */
  onFailure(error: Error): void;
}

/** Where links go. */
export interface Target {
  readonly port: number;
  /** Spreads the source addresses: one address has ports for some ten thousand connections a minute only. */
  readonly localAddress?: string;
}

/** One client: connects, is let in, and counts what comes. */
export class Link {
  /** Place of the next request in the ring. */
  position = 0;
  /** Free for whoever uses the link. */
  received = 0;
  private readonly socket: Socket;
  private step: 'upgrading' | 'greeting' | 'ready' = 'greeting';
  private rest: Buffer | undefined = undefined;
  private isProven = false;
  private isClosing = false;
  private answers = 0;
  private pushes = 0;

  constructor(
    { port, localAddress }: Target,
    private readonly dialect: Dialect,
    private readonly events: LinkEvents,
  ) {
    const from = localAddress === undefined ? {} : { localAddress };
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, ...from });
    this.socket.once('connect', () => void this.open(port).catch(this.fail));
    this.socket.on('data', this.receive);
    this.socket.once('error', this.fail);
    this.socket.once('close', () => this.fail(new Error('the server closed a connection')));
  }

  /** Framed bytes. */
  write(bytes: Buffer): void {
    this.socket.write(bytes);
  }

  /** Says nothing more, and ends the connection. */
  close(): void {
    this.isClosing = true;
    this.socket.destroy();
  }

  private readonly fail = (error: unknown): void => {
    if (this.isClosing) return;
    this.close();
    this.events.onFailure(error instanceof Error ? error : new Error(String(error)));
  };

  private async open(port: number): Promise<void> {
    if (!this.dialect.isWebSocket) {
      this.greet();
      return;
    }
    this.step = 'upgrading';
    this.socket.write(upgradeRequest(port, await this.dialect.path(port)));
  }

  private greet(): void {
    const { hello, framing, proof } = this.dialect;
    this.step = 'greeting';
    if (hello !== undefined) this.write(framing.wrap(hello));
    // Whoever is greeted by nobody is let in at once.
    else if (this.dialect.greet(proof).isReady) this.getReady();
  }

  private getReady(): void {
    this.step = 'ready';
    this.events.onReady(this);
  }

  private readonly receive = (chunk: Buffer): void => {
    try {
      const bytes = this.rest === undefined ? chunk : Buffer.concat([this.rest, chunk]);
      const read = this.step === 'upgrading' ? this.readUpgrade(bytes) : this.read(bytes, 0);
      this.rest = read === bytes.length ? undefined : bytes.subarray(read);
      this.report();
    } catch (error) {
      this.fail(error);
    }
  };

  private readUpgrade(bytes: Buffer): number {
    const end = upgradeEnd(bytes);
    if (end === 0) return 0;
    this.greet();
    return this.read(bytes, end);
  }

  private read(bytes: Buffer, from: number): number {
    const unread = from === 0 ? bytes : bytes.subarray(from);
    return from + eachMessage(this.dialect.framing, unread, this.visit);
  }

  private readonly visit = (bytes: Buffer, start: number, end: number, frame: number): void => {
    const control = this.dialect.isWebSocket ? controlOf(bytes, frame) : undefined;
    if (control === 'close') throw new Error('the server closed a connection');
    if (control === 'ping') this.write(pong(bytes.subarray(start, end)));
    if (control !== undefined) return;
    if (this.step === 'ready') this.count(bytes, start, end);
    else this.onGreeting(bytes.subarray(start, end));
  };

  private onGreeting(message: Buffer): void {
    const { replies = [], isReady } = this.dialect.greet(message);
    for (const reply of replies) this.write(this.dialect.framing.wrap(reply));
    if (isReady) this.getReady();
  }

  private count(bytes: Buffer, start: number, end: number): void {
    const kind = this.dialect.kindOf(bytes, start);
    if (kind === Kind.Other) return;
    if (!this.isProven) this.prove(bytes.subarray(start, end));
    if (kind === Kind.Answer) this.answers += 1;
    else this.pushes += 1;
  }

  /** A server that answers with errors would be a fast one. */
  private prove(message: Buffer): void {
    if (!message.includes(this.dialect.proof)) throw new Error(`no echo: ${message.toString()}`);
    this.isProven = true;
  }

  private report(): void {
    const { answers, pushes } = this;
    this.answers = 0;
    this.pushes = 0;
    if (answers > 0) this.events.onAnswers(this, answers);
    if (pushes > 0) this.events.onPushes(this, pushes);
  }
}
