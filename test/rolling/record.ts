/** What all clients together saw. */
export class RollingRecord {
  /** How every request ended in the end: `ok`, the code of an answer, or why there was none. */
  readonly outcomes = new Map<string, string>();
  /** Attempts that ended without being executed, by what they ended with; the same request was made again. */
  readonly repeated = new Map<string, number>();
  /** Connections that clients lost. */
  losses = 0;
  /** Of {@link performance.now}: when a client was logged in last. */
  lastLoginAt = 0;
  /** From the first attempt of a request to its answer, in ms. */
  slowestMs = 0;
  /** What must not happen, and did. */
  readonly failures = new Set<string>();

  fail(what: string): void {
    this.failures.add(what);
  }

  repeat(reason: string): void {
    this.repeated.set(reason, (this.repeated.get(reason) ?? 0) + 1);
  }
}
