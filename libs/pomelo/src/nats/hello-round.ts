import type { Announcement } from '../cluster/cluster-driver.interface.js';

/** Without a new answer for so long everybody has answered who can, in ms. */
const QUIET_MS = 150;
/** For everybody, in ms: somebody who is frozen must not hold up the start of others. */
const MOST_MS = 1_000;

/** Collects the answers to the question who is there. */
export class HelloRound {
  /** Everybody who answered; fulfils when no more answers come, or nobody is there. */
  readonly finished: Promise<readonly Announcement[]>;
  private readonly answers: Announcement[] = [];
  private finish: () => void = () => {};
  private quiet: NodeJS.Timeout | undefined;
  private readonly end: NodeJS.Timeout;

  constructor() {
    this.end = setTimeout(() => this.over(), MOST_MS);
    this.finished = new Promise((resolve) => {
      this.finish = (): void => resolve(this.answers);
    });
  }

  /** Somebody answered. */
  add(answer: Announcement): void {
    this.answers.push(answer);
    clearTimeout(this.quiet);
    this.quiet = setTimeout(() => this.over(), QUIET_MS);
  }

  /** Nobody else will. */
  over(): void {
    clearTimeout(this.end);
    clearTimeout(this.quiet);
    this.finish();
  }
}
