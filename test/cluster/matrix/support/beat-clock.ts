import { closeAfterTest } from '../../../support/pomelo-app.js';

/** Heartbeats of the servers under test, in ms. */
export const HEARTBEAT_MS = 300;

const TICK_MS = 10;
/** A tick that is later than this is a stall of this process, which is no fault of what it watches. */
const LATEST_MS = 25;

/** Tells the time in heartbeats. What this process itself stood still does not count. */
export class BeatClock {
  private countedMs = 0;
  private tickedAt = performance.now();
  private readonly timer = setInterval(() => this.tick(), TICK_MS);

  private constructor() {}

  /** Starts one, for the rest of the test. */
  static start(): BeatClock {
    return closeAfterTest(new BeatClock());
  }

  /** Heartbeats since the start. */
  now(): number {
    const sinceTick = Math.min(performance.now() - this.tickedAt, LATEST_MS);
    return (this.countedMs + sinceTick) / HEARTBEAT_MS;
  }

  /** Resolves when the condition holds, with the time that it took. Leaves the processor to those that are waited for. */
  async until(condition: () => boolean | Promise<boolean>): Promise<number> {
    const startedAt = this.now();
    while (!(await condition())) await this.pass(TICK_MS / 2 / HEARTBEAT_MS);
    return this.now() - startedAt;
  }

  /** Lets so many heartbeats pass: for failures that last. */
  async pass(beats: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, beats * HEARTBEAT_MS));
  }

  /** Heartbeats that work takes. */
  async timeOf(work: () => Promise<unknown>): Promise<number> {
    const startedAt = this.now();
    await work();
    return this.now() - startedAt;
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
  }

  private tick(): void {
    const now = performance.now();
    this.countedMs += Math.min(now - this.tickedAt, LATEST_MS);
    this.tickedAt = now;
  }
}
