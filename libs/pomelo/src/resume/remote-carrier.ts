import type { MessageKind } from '../connectors/connector.interface.js';
import type { Carrier, CarriedSession } from '../connectors/resumption.interface.js';
import type { RelayEnd } from './relay-audit.js';
import { MessageParts, sayInParts } from './message-parts.js';
import { NumberedWords, type Cargo, type DownWord, type UpWord } from './relay-messages.js';

/** A connection to another frontend that carries a session of this one. */
export class RemoteCarrier implements Carrier, RelayEnd {
  /** What it has not taken yet waits on its own frontend, within the limits there. */
  readonly outstandingBytes = 0;
  readonly isBehind = false;
  private readonly words = new NumberedWords();
  private readonly parts = new MessageParts();
  private session: CarriedSession | undefined;
  private isOver = false;

  constructor(
    readonly remoteAddress: string,
    readonly transport: string,
    readonly certificateName: string | undefined,
    /** False when it will not arrive. */
    private readonly tell: (number: number, word: DownWord, cargo?: Cargo) => boolean,
    private readonly ended: () => void,
  ) {}

  get lastSent(): number {
    return this.words.lastSent;
  }

  hasHeard(sent: number): boolean {
    return this.words.isComplete(sent);
  }

  /** The session that it carries, once that is known. */
  carries(session: CarriedSession): void {
    this.session = session;
  }

  send(message: Buffer, _kind?: MessageKind): boolean {
    return sayInParts(message, (word, part) => this.say(word, part));
  }

  onceCaughtUp(listener: () => void): void {
    listener();
  }

  close(reason?: string): void {
    this.say('close', reason);
  }

  abandon(): void {
    this.say('abandon');
    this.end();
  }

  pause(): void {
    this.say('pause');
  }

  resume(): void {
    this.say('resume');
  }

  /** Something came from the frontend of the client. */
  hear(number: number, word: UpWord, cargo: Cargo): void {
    if (this.isOver) return;
    const { session } = this;
    if (session === undefined || !this.words.isNext(number)) this.breakOff();
    else if (word === 'attach') session.attach(this);
    else if (word === 'part' && cargo instanceof Uint8Array) this.parts.add(cargo);
    else if (word === 'data' && cargo instanceof Uint8Array) session.receive(this.parts.whole(cargo));
    else if (word === 'received' && typeof cargo === 'number') session.acknowledge(cargo);
    else if (word === 'leave') session.leave();
    else this.gone(word === 'gone' && typeof cargo === 'string' ? lossOf(cargo) : 'peer_reset');
  }

  /** The connection, or its frontend, is gone. */
  gone(reason: string): void {
    this.end();
    this.session?.detach(this, reason);
  }

  /** Something of the client is missing: it has to come back. */
  breakOff(): void {
    this.say('abandon');
    this.gone('peer_reset');
  }

  private say(word: DownWord, cargo?: Cargo): boolean {
    if (this.isOver) return false;
    const isSent = this.tell(this.words.next(), word, cargo);
    // Not at once: whoever sends is not told of an end before it has sent.
    if (!isSent) process.nextTick(() => this.gone('peer_reset'));
    return isSent;
  }

  private end(): void {
    this.isOver = true;
    this.ended();
  }
}

/** A frontend that stops ends its connections, and not the sessions of others. */
function lossOf(reason: string): string {
  return reason === 'stopping' ? 'peer_reset' : reason;
}
