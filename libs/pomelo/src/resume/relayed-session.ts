import type { CarriedSession, Carrier } from '../connectors/resumption.interface.js';
import type { CloseReason } from '../connectors/connector.interface.js';
import type { RelayEnd } from './relay-audit.js';
import { NumberedWords, type Cargo, type DownWord, type UpWord } from './relay-messages.js';

/** A session that lives on another frontend, as the connection here sees it that carries it. */
export class RelayedSession implements CarriedSession, RelayEnd {
  private readonly words = new NumberedWords();
  private isOver = false;

  constructor(
    private readonly carrier: Carrier,
    /** False when it will not arrive. */
    private readonly send: (number: number, word: UpWord, cargo?: Cargo) => boolean,
    private readonly ended: () => void,
  ) {}

  get lastSent(): number {
    return this.words.lastSent;
  }

  hasHeard(sent: number): boolean {
    return this.words.isComplete(sent);
  }

  attach(): void {
    this.say('attach');
  }

  receive(message: Buffer): void {
    this.say('data', message);
  }

  acknowledge(received: number): void {
    this.say('received', received);
  }

  leave(): void {
    this.say('leave');
  }

  detach(_carrier: Carrier, reason: CloseReason): void {
    if (this.isOver) return;
    this.say('gone', reason);
    this.end();
  }

  /** Something came from the frontend of the session. */
  hear(number: number, word: DownWord, cargo: Cargo): void {
    if (this.isOver) return;
    if (!this.words.isNext(number)) this.breakOff();
    else if (word === 'data' && cargo instanceof Uint8Array) this.carrier.send(bufferOf(cargo));
    else if (word === 'close') this.carrier.close(typeof cargo === 'string' ? cargo : undefined);
    else if (word === 'pause') this.carrier.pause();
    else if (word === 'resume') this.carrier.resume();
    else this.breakOff();
  }

  /** The session cannot be heard any more: its client has to come back for it. */
  breakOff(): void {
    this.end();
    this.carrier.abandon();
  }

  private say(word: UpWord, cargo?: Cargo): void {
    if (!this.isOver && !this.send(this.words.next(), word, cargo)) this.breakOff();
  }

  private end(): void {
    this.isOver = true;
    this.ended();
  }
}

/** A view of the same bytes. */
function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
