import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../eventually.js';
import type { Transport } from '../light-client.js';
import { percentile } from '../percentile.js';
import { Requester, type Tally } from './requester.js';

/** Between two parts of the load, in ms. */
const TICK_MS = 2;
/** From the beginning of too much load until it is measured, in ms: longer than a useful answer takes. */
const LEAD_MS = 3_000;
/** Until the server has forgotten that it had too much to do, in ms. */
const CALM_MS = 2_000;

/** What a stretch of load came to. */
export interface Stretch {
  /** Good answers a second. */
  readonly goodput: number;
  /** Refusals a second. */
  readonly refused: number;
  /** Answers that came too late, and requests that could not be sent, a second. */
  readonly useless: number;
  /** 99 of 100 good answers came within so many ms. */
  readonly p99Ms: number;
}

/** Clients that put load on a server. */
export class Crowd {
  private readonly tally: Tally = { good: 0, late: 0, refused: 0, unsent: 0 };
  private readonly times: number[] = [];
  private members: readonly Requester[] = [];

  static async connect(port: number, transport: Transport, count: number): Promise<Crowd> {
    const crowd = new Crowd();
    const connecting = Array.from({ length: count }, () =>
      Requester.connect(port, transport, crowd.tally, crowd.times),
    );
    crowd.members = await Promise.all(connecting);
    return crowd;
  }

  /** Every client asks again when it is answered, and so finds out how much the server can do. */
  async saturate(ms: number): Promise<Stretch> {
    for (const member of this.members) {
      member.onAnswer = () => member.ask(performance.now());
      member.ask(performance.now());
    }
    await wait(ms / 4);
    const stretch = await this.measure(ms);
    for (const member of this.members) member.onAnswer = () => {};
    await wait(ms / 4);
    return stretch;
  }

  /** So many requests a second, whatever becomes of them. */
  async press(perSecond: number, ms: number): Promise<Stretch> {
    const startedAt = performance.now();
    let sent = 0;
    const timer = setInterval(() => {
      const now = performance.now();
      const due = ((now - startedAt) / 1000) * perSecond;
      for (; sent < due; sent += 1) this.members[sent % this.members.length]?.ask(now);
    }, TICK_MS);
    await wait(LEAD_MS);
    const stretch = await this.measure(ms);
    clearInterval(timer);
    return stretch;
  }

  /** Asks for nothing, until everything is answered or the time, in ms, is over. */
  async rest(ms: number): Promise<void> {
    await eventually(() => this.members.every(({ waiting }) => waiting === 0), ms);
    await wait(CALM_MS);
  }

  leave(): void {
    for (const member of this.members) member.leave();
  }

  private async measure(ms: number): Promise<Stretch> {
    const before = { ...this.tally };
    this.times.length = 0;
    const startedAt = performance.now();
    await wait(ms);
    const seconds = (performance.now() - startedAt) / 1000;
    const { tally } = this;
    return {
      goodput: (tally.good - before.good) / seconds,
      refused: (tally.refused - before.refused) / seconds,
      useless: (tally.late + tally.unsent - before.late - before.unsent) / seconds,
      p99Ms: percentile(this.times, 0.99),
    };
  }
}
