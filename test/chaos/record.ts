/** What all players together saw. */
export class PlayRecord {
  /** How every request ended: `ok`, the code of the answer, or why there was none. */
  readonly outcomes = new Map<string, string>();
  logins = 0;
  /** Logins that were refused, or never answered. */
  failedLogins = 0;
  pushes = 0;
  /** Connections that servers ended, or lost: the player had another one, or the server ended. */
  losses = 0;
  slowestMs = 0;
  /** What must not happen, and did. */
  readonly failures = new Set<string>();

  fail(what: string): void {
    this.failures.add(what);
  }

  /** How many requests ended in which way. */
  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const outcome of this.outcomes.values()) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    return counts;
  }
}
