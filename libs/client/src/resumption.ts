import { MessageLog, readResumeReply, type ResumeReply, type ResumeRequest } from 'nestjs-pomelo-protocol';
import { PomeloClientError } from './errors.js';

/** What is kept to be sent again, as much as servers of this project keep by default. */
const KEPT = { messages: 256, bytes: 1024 * 1024 };

/** Messages of the server after which it is told that they have come, so that it need not keep them. */
const TOLD_EVERY = 128;

/** The session of a client as far as it outlives a connection: how many messages went either way, and the token for it. */
export class Resumption {
  private token: string | undefined;
  private received = 0;
  private sent = new MessageLog(KEPT);

  /** The server keeps the session. */
  get isKept(): boolean {
    return this.token !== undefined;
  }

  /** Messages that have come. */
  get receivedCount(): number {
    return this.received;
  }

  /** `sys.resume` of the next handshake. */
  request(): ResumeRequest {
    return this.token === undefined ? {} : { token: this.token, received: this.received };
  }

  /**
   * Takes `sys.resume` of a reply. True when the session goes on. Throws `DISCONNECTED` when the server goes on with a
   * session of which too much is lost here: the next handshake begins a new one.
   */
  start(resume: unknown): boolean {
    const reply = readResumeReply(resume);
    if (reply?.recovered !== true || !this.isKept) {
      this.begin(reply);
      return false;
    }
    if (!this.sent.covers(reply.received)) {
      this.forget();
      throw new PomeloClientError('DISCONNECTED', { detail: 'too much was sent to resume the session' });
    }
    this.token = reply.token;
    this.sent.acknowledge(reply.received);
    return true;
  }

  /** What the server has not got. */
  missing(): readonly Uint8Array[] {
    return this.sent.after(this.sent.dropped) ?? [];
  }

  /** A message is being sent. */
  sending(message: Uint8Array): void {
    if (this.isKept) this.sent.add(message);
  }

  /** A message has come, whatever is in it. True when the server is to be told. */
  receiving(): boolean {
    this.received += 1;
    return this.isKept && this.received % TOLD_EVERY === 0;
  }

  /** The server has got so many messages. */
  acknowledge(received: number): void {
    this.sent.acknowledge(received);
  }

  /** The session is over: the next handshake begins a new one. */
  forget(): void {
    this.begin(undefined);
  }

  private begin(reply: ResumeReply | undefined): void {
    this.token = reply?.token;
    this.received = 0;
    this.sent = new MessageLog(KEPT);
  }
}
