/** So many a second on average, and so many at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * A bucket that starts full. It may be overdrawn: what is taken beyond it is owed, and {@link TokenBucket.balance} says
 * how much. The clock is read only when the bucket is empty.
 */
export class TokenBucket {
  private tokens: number;
  private filledAt: number;

  constructor(
    private readonly rate: Rate,
    now = performance.now(),
  ) {
    this.tokens = rate.burst;
    this.filledAt = now;
  }

  /** Takes one; false when there was none left. */
  take(): boolean {
    this.tokens -= 1;
    if (this.tokens >= 0) return true;
    this.fill(performance.now());
    return this.tokens >= 0;
  }

  /** What is left, as of the last {@link take} that found none; negative is owed. */
  get balance(): number {
    return this.tokens;
  }

  /** Nothing is missing, so that a new bucket would be the same. */
  isFull(now: number): boolean {
    this.fill(now);
    return this.tokens >= this.rate.burst;
  }

  private fill(now: number): void {
    const { perSecond, burst } = this.rate;
    this.tokens = Math.min(burst, this.tokens + ((now - this.filledAt) / 1000) * perSecond);
    this.filledAt = now;
  }
}
