import type { Dialect } from '../dialects/dialect.js';
import type { Link } from '../link.js';
import type { LoadResult } from '../load-task.js';
import type { Mode } from './mode.js';
import { Stretch } from './stretch.js';

/** One connection keeps some broadcasts to all of them in flight: each that everybody has got begins the next. */
export class Broadcast implements Mode {
  private stretch = new Stretch(0);
  /** How many have got each broadcast, by its number. */
  private readonly reached: number[] = [];
  private readonly trigger: Buffer;

  constructor(
    private readonly links: readonly Link[],
    dialect: Dialect,
    private readonly window: number,
  ) {
    this.trigger = dialect.framing.wrap(dialect.trigger);
  }

  run(ms: number): Promise<LoadResult> {
    this.stretch = new Stretch(ms);
    const ended = this.stretch.ended();
    this.send(this.window);
    return ended;
  }

  onAnswers(): void {}

  onPushes(link: Link, count: number): void {
    const { stretch } = this;
    stretch.operations += count;
    let complete = 0;
    for (let index = 0; index < count; index += 1) {
      const reached = (this.reached[link.received] ?? 0) + 1;
      this.reached[link.received] = reached;
      link.received += 1;
      if (reached === this.links.length) complete += 1;
    }
    if (complete === 0) return;
    stretch.inFlight -= complete;
    if (stretch.isOpen) this.send(complete);
    else stretch.settle();
  }

  private send(count: number): void {
    this.stretch.inFlight += count;
    this.links[0]?.write(Buffer.concat(Array.from({ length: count }, () => this.trigger)));
  }
}
