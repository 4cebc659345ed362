import type { Customer } from './customer.js';

const TICK_MS = 10;

/** Lets customers order in turn, so many times a second together, whatever becomes of it. */
export class Pacer {
  private ordered = 0;
  private readonly startedAt = performance.now();
  private readonly timer = setInterval(() => this.tick(), TICK_MS);

  constructor(
    private readonly customers: readonly Customer[],
    private readonly perSecond: number,
  ) {}

  stop(): void {
    clearInterval(this.timer);
  }

  private tick(): void {
    const due = ((performance.now() - this.startedAt) / 1000) * this.perSecond;
    for (; this.ordered < due; this.ordered += 1)
      this.customers[this.ordered % this.customers.length]?.order();
  }
}
