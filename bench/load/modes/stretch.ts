import { percentile } from '../../figures/percentile.js';
import type { LoadResult } from '../load-task.js';

/** One stretch of load: new operations begin until its time is over, and it ends with the last of them. */
export class Stretch {
  /** New operations may begin. */
  isOpen = true;
  operations = 0;
  inFlight = 0;
  readonly micros: number[] = [];
  private readonly startedAt = performance.now();
  private finish: () => void = () => {};
  private readonly finished = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(private readonly ms: number) {}

  /** To be called whenever {@link inFlight} has become less. */
  settle(): void {
    if (!this.isOpen && this.inFlight === 0) this.finish();
  }

  /** Fulfils at its end. */
  async ended(): Promise<LoadResult> {
    setTimeout(() => {
      this.isOpen = false;
      this.settle();
    }, this.ms);
    await this.finished;
    return {
      operations: this.operations,
      seconds: (performance.now() - this.startedAt) / 1000,
      p50Micros: percentile(this.micros, 0.5),
    };
  }
}
