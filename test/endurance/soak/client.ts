/** One of the clients of a soak. */
export interface SoakClient {
  /** Leaves; fulfils when its connection is gone. */
  leave(): Promise<void>;
}

/** What clients have seen, all together. */
export class SoakRecord {
  /** Requests that were answered as they must be. */
  answered = 0;
  /** The slowest of them, in ms. */
  slowestMs = 0;
  /** Clients that left and were followed by another one. */
  left = 0;
  /** Packages of hostile clients. */
  hostilePackages = 0;
  readonly #failures = new Map<string, number>();

  /** A request was answered. */
  answer(askedAt: number): void {
    this.answered++;
    this.slowestMs = Math.max(this.slowestMs, performance.now() - askedAt);
  }

  /** Something happened that must not. */
  fail(what: string): void {
    this.#failures.set(what, (this.#failures.get(what) ?? 0) + 1);
  }

  /** What must not happen and did, each with how often. */
  get failures(): string[] {
    return Array.from(this.#failures, ([what, count]) => `${count} times: ${what}`);
  }
}
