/** A run of messages of one player within which nothing may be missing: from one new session to the next. */
export interface Stretch {
  readonly player: number;
  readonly stretch: number;
}

interface Count {
  /** Number of the last message of the client that arrived. */
  taken: number;
  /** Pushes that were sent to it. */
  pushed: number;
}

/** What arrived at the servers, by stretch; and what arrived wrongly, at either end. */
export class CutLedger {
  readonly violations: string[] = [];
  recovered = 0;
  begun = 0;
  answers = 0;
  private readonly counts = new Map<string, Count>();

  /** A message has arrived at a server. */
  take({ player, stretch }: Stretch, number: number): void {
    const count = this.of({ player, stretch });
    if (number !== count.taken + 1)
      this.violations.push(
        `player ${player}.${stretch}: message ${number} arrived after ${count.taken}: ${number <= count.taken ? 'twice' : 'one is lost'}`,
      );
    count.taken = number;
  }

  /** The number of the next push. */
  push(to: Stretch): number {
    const count = this.of(to);
    count.pushed += 1;
    return count.pushed;
  }

  /** What has arrived of a stretch. */
  of({ player, stretch }: Stretch): Count {
    const key = `${player}.${stretch}`;
    const count = this.counts.get(key) ?? { taken: 0, pushed: 0 };
    this.counts.set(key, count);
    return count;
  }
}
