import { TOLD_EVERY, type CarriedSession, type Carrier } from '../connectors/resumption.interface.js';
import type { CloseReason } from '../connectors/connector.interface.js';
import type { RelayEnd } from './relay-audit.js';
import { MessageParts, sayInParts } from './message-parts.js';
import { NumberedWords, type Cargo, type DownWord, type UpWord } from './relay-messages.js';

/** A session that lives on another frontend, as the connection here sees it that carries it. */
export class RelayedSession implements CarriedSession, RelayEnd {
  private readonly words = new NumberedWords();
  private readonly parts = new MessageParts();
  /** Messages since the client last acknowledged some. */
  private passedOn = 0;
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
    sayInParts(message, (word, part) => this.say(word, part));
  }

  acknowledge(received: number): boolean {
    this.say('received', received);
    if (this.passedOn < TOLD_EVERY) return false;
    this.passedOn = 0;
    return true;
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
    else if (word === 'part' && cargo instanceof Uint8Array) this.parts.add(cargo);
    else if (word === 'data' && cargo instanceof Uint8Array) this.passOn(this.parts.whole(cargo));
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

  private passOn(message: Buffer): void {
    this.passedOn += 1;
    this.carrier.send(message);
  }

  private say(word: UpWord, cargo?: Cargo): boolean {
    if (this.isOver) return false;
    const isSent = this.send(this.words.next(), word, cargo);
    if (!isSent) this.breakOff();
    return isSent;
  }

  private end(): void {
    this.isOver = true;
    this.ended();
  }
}
