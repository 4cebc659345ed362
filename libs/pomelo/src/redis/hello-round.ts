import type { Announcement, PeerId } from '../cluster/cluster-driver.interface.js';

/** For all answers, in ms: somebody who is frozen must not hold up the start of others. */
const MOST_MS = 2_000;

/** Collects the answers to the question who is there. Redis says how many were asked: when all have answered it ends. */
export class HelloRound {
  /** Fulfils when all have answered, or the time is over. */
  readonly finished: Promise<readonly Announcement[]>;
  private readonly announced: Announcement[] = [];
  private answers = 0;
  private asked = Number.POSITIVE_INFINITY;
  private resolve: (answers: readonly Announcement[]) => void = () => {};
  private readonly timer: NodeJS.Timeout;

  constructor() {
    this.timer = setTimeout(() => this.over(), MOST_MS);
    this.finished = new Promise((resolve) => (this.resolve = resolve));
  }

  /** So many others have heard the question. */
  expect(asked: number): void {
    this.asked = asked;
    this.look();
  }

  /** Somebody answered; without bytes when it has not announced anything yet. The bytes are copied. */
  add(from: PeerId, bytes: Uint8Array): void {
    this.answers += 1;
    if (bytes.length > 0) this.announced.push({ from, bytes: Buffer.from(bytes) });
    this.look();
  }

  /** Waits no longer. */
  over(): void {
    clearTimeout(this.timer);
    this.resolve(this.announced);
  }

  private look(): void {
    if (this.answers >= this.asked) this.over();
  }
}
