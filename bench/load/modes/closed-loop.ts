import type { Link } from '../link.js';
import type { LoadResult } from '../load-task.js';
import { RequestRing } from '../request-ring.js';
import type { Mode } from './mode.js';
import { Stretch } from './stretch.js';

/** Every connection keeps some requests in flight: each answer sends the next one. */
export class ClosedLoop implements Mode {
  private stretch = new Stretch(0);
  /** When the request in flight was sent; only one is, when it is looked at. */
  private sentAt = 0;

  constructor(
    private readonly links: readonly Link[],
    private readonly ring: RequestRing,
    private readonly depth: number,
    private readonly isTimed: boolean,
  ) {}

  run(ms: number): Promise<LoadResult> {
    this.stretch = new Stretch(ms);
    const ended = this.stretch.ended();
    for (const link of this.links) this.send(link, this.depth);
    return ended;
  }

  onAnswers(link: Link, count: number): void {
    const { stretch } = this;
    if (this.isTimed) stretch.micros.push((performance.now() - this.sentAt) * 1000);
    stretch.operations += count;
    stretch.inFlight -= count;
    if (stretch.isOpen) this.send(link, count);
    else stretch.settle();
  }

  onPushes(): void {}

  private send(link: Link, count: number): void {
    this.stretch.inFlight += count;
    if (this.isTimed) this.sentAt = performance.now();
    for (let left = count; left > 0;) {
      const some = Math.min(left, RequestRing.size);
      link.write(this.ring.slice(link.position, some));
      link.position += some;
      left -= some;
    }
  }
}
