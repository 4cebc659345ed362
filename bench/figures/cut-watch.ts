import { eventually } from './eventually.js';
import { MetricsPage } from './metrics-page.js';
import type { ServerProcess } from './server-process.js';

const LOOK_EVERY_MS = 100;

/** Watches how the server ends those that are too slow. */
export class CutWatch {
  private readonly metrics: MetricsPage;
  private readonly startedAt = performance.now();
  private lookedAt = this.startedAt;
  private ended = 0;

  constructor(
    { metricsPort }: Pick<ServerProcess, 'metricsPort'>,
    /** What the server says when it ends one. */
    private readonly reason: 'slow_reader' | 'slow_consumer',
    private readonly count: number,
  ) {
    this.metrics = new MetricsPage(metricsPort);
  }

  /** Those that it had not ended at the last look. */
  get left(): number {
    return this.count - this.ended;
  }

  /** From the beginning to the last look. */
  get seconds(): number {
    return (this.lookedAt - this.startedAt) / 1000;
  }

  /** Looks unless somebody just did; true when all are ended. */
  async lookNowAndThen(): Promise<boolean> {
    return performance.now() - this.lookedAt < LOOK_EVERY_MS ? this.left === 0 : this.look();
  }

  /** Waits until all are ended, or the time, in ms, is over. */
  async wait(withinMs: number): Promise<void> {
    if (this.left > 0) await eventually(() => this.look(), withinMs, LOOK_EVERY_MS);
  }

  private async look(): Promise<boolean> {
    this.ended = await this.metrics.sessionEnds(this.reason);
    this.lookedAt = performance.now();
    return this.left === 0;
  }
}
