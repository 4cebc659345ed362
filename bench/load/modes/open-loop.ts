import type { Link } from '../link.js';
import type { LoadResult } from '../load-task.js';
import type { RequestRing } from '../request-ring.js';
import type { Mode } from './mode.js';
import { Stretch } from './stretch.js';

/**
 * So many requests a second, in turn on all connections, whether or not those before are answered. Times count from when a
 * request was due, so that a generator which comes late does not hide a server which does.
 */
export class OpenLoop implements Mode {
  private stretch = new Stretch(0);
  private readonly due = new Map<Link, number[]>();

  constructor(
    private readonly links: readonly Link[],
    private readonly ring: RequestRing,
    private readonly perSecond: number,
  ) {
    for (const link of links) this.due.set(link, []);
  }

  run(ms: number): Promise<LoadResult> {
    this.stretch = new Stretch(ms);
    const ended = this.stretch.ended();
    const startedAt = performance.now();
    let sent = 0;
    const turn = (): void => {
      if (!this.stretch.isOpen) return;
      const wanted = ((performance.now() - startedAt) * this.perSecond) / 1000;
      for (; sent < wanted; sent += 1) this.send(sent, startedAt + (sent * 1000) / this.perSecond);
      // A timer would be a millisecond late.
      setImmediate(turn);
    };
    turn();
    return ended;
  }

  onAnswers(link: Link, count: number): void {
    const { stretch } = this;
    const now = performance.now();
    // A server that echoes answers in order.
    for (const due of this.due.get(link)?.splice(0, count) ?? []) stretch.micros.push((now - due) * 1000);
    stretch.operations += count;
    stretch.inFlight -= count;
    stretch.settle();
  }

  onPushes(): void {}

  private send(number: number, dueAt: number): void {
    const link = this.links[number % this.links.length];
    if (link === undefined) return;
    this.stretch.inFlight += 1;
    this.due.get(link)?.push(dueAt);
    link.write(this.ring.slice(link.position, 1));
    link.position += 1;
  }
}
