import type { FrontendSession } from '../sessions/frontend-session.js';
import type { FanOut } from './fan-out.js';
import { fanOutOf } from './fan-out-on-terms.js';
import type { Push } from './push.js';

/** Sessions that one turn of the event loop writes to: a push to more is sent in steps, between which others are served. */
export const SESSIONS_A_TURN = 500;

/** One push, and how far it has come. */
class Delivery {
  readonly missed: FrontendSession[] = [];
  private next = 0;
  private readonly fanOut: FanOut;

  constructor(
    push: Push,
    private readonly sessions: readonly FrontendSession[],
  ) {
    this.fanOut = fanOutOf(push);
  }

  get isDone(): boolean {
    return this.next === this.sessions.length;
  }

  /** Sends to the next sessions; gives their number. */
  step(room: number): number {
    const part = this.sessions.slice(this.next, this.next + room);
    for (const session of part) if (!this.fanOut.send(session)) this.missed.push(session);
    this.next += part.length;
    return part.length;
  }

  /**
   * Sends to the sessions that `before` has served, as far as the two go to the same ones: what is pushed to a channel
   * in one turn reaches each client in one write.
   */
  follow(before: Delivery): void {
    let end = this.next;
    while (end < before.next && this.sessions[end] === before.sessions[end]) end += 1;
    this.step(end - this.next);
  }

  /** Throws what the encoding for some session threw. */
  finish(): FrontendSession[] {
    this.fanOut.finish();
    return this.missed;
  }
}

interface WaitingDelivery {
  readonly delivery: Delivery;
  readonly done: () => void;
}

/**
 * The pushes of channels to the sessions of this server, in their order. A small one is sent before `send` returns; one
 * to many sessions does not keep the event loop from its work, and those after it wait for it.
 */
export class DeliveryLine {
  private waiting: WaitingDelivery[] = [];

  /**
   * Sends to sessions. Resolves to those that were not reached; rejects when the body cannot be encoded for some
   * session, which the others do not notice.
   */
  async send(push: Push, sessions: readonly FrontendSession[]): Promise<FrontendSession[]> {
    const delivery = new Delivery(push, sessions);
    const before = this.waiting.at(-1)?.delivery;
    if (before === undefined) delivery.step(SESSIONS_A_TURN);
    else delivery.follow(before);
    if (!delivery.isDone) await this.inLine(delivery);
    return delivery.finish();
  }

  private inLine(delivery: Delivery): Promise<void> {
    if (this.waiting.length === 0) setImmediate(() => this.goOn());
    return new Promise((done) => this.waiting.push({ delivery, done }));
  }

  private goOn(): void {
    let room = SESSIONS_A_TURN;
    let before: Delivery | undefined;
    let isFirst = true;
    this.waiting = this.waiting.filter(({ delivery, done }) => {
      if (before !== undefined) delivery.follow(before);
      // Nobody before it waits for a session that it may serve now.
      if (isFirst) room -= delivery.step(room);
      if (delivery.isDone) done();
      before = delivery;
      isFirst &&= delivery.isDone;
      return !delivery.isDone;
    });
    if (this.waiting.length > 0) setImmediate(() => this.goOn());
  }
}
