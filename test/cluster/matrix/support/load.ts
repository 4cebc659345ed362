import { RemoteException } from 'nestjs-pomelo';
import type { WorkDone } from '../../processes/work.remote.js';
import type { BeatClock } from './beat-clock.js';

/** One call of a load. */
export interface LoadCall {
  readonly key: string;
  /** In heartbeats. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `ok`, or the reason why it failed. */
  readonly outcome: string;
  /** Who answered. */
  readonly server: string | undefined;
}

/** Makes one call, with a key of its own; a call that is answered says which one it was. */
export type MakeCall = (key: string) => Promise<WorkDone>;

/** Calls without end, so many at a time. */
export class Load {
  readonly calls: LoadCall[] = [];
  private number = 0;
  private isOver = false;
  private readonly lanes: Promise<void>[];

  constructor(
    private readonly name: string,
    private readonly clock: BeatClock,
    private readonly call: MakeCall,
    lanes: number,
  ) {
    this.lanes = Array.from({ length: lanes }, () => this.run());
  }

  /** Makes no more calls, and waits for the end of those that it has made. */
  async stop(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.lanes);
  }

  /** The calls that did not succeed. */
  get failed(): LoadCall[] {
    return this.calls.filter(({ outcome }) => outcome !== 'ok');
  }

  get succeeded(): LoadCall[] {
    return this.calls.filter(({ outcome }) => outcome === 'ok');
  }

  /** How many calls ended in which way. */
  get outcomes(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { outcome } of this.calls) counts[outcome] = (counts[outcome] ?? 0) + 1;
    return counts;
  }

  /** The longest time in which no call succeeded, in heartbeats. */
  get longestGap(): number {
    const ends = this.succeeded.map(({ endedAt }) => endedAt);
    return Math.max(...ends.slice(1).map((end, index) => end - (ends[index] ?? end)));
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      this.number += 1;
      const key = `${this.name} ${this.number}`;
      const startedAt = this.clock.now();
      let server: string | undefined;
      const outcome = await outcomeOf(async () => {
        const done = await this.call(key);
        if (done.key !== key) throw new Error(`${key} got the answer of ${done.key}`);
        server = done.server;
      });
      this.calls.push({ key, startedAt, endedAt: this.clock.now(), outcome, server });
      // What fails at once must not keep this process from everything else.
      if (outcome !== 'ok') await this.clock.pass(0.02);
    }
  }
}

/** `ok`, or the reason of a remote call, or the error. */
export async function outcomeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'ok';
  } catch (error) {
    return error instanceof RemoteException ? error.reason : String(error);
  }
}

/** How often each key was executed, over all servers. */
export function executions(members: readonly { executed(): string[] }[]): Map<string, number> {
  const times = new Map<string, number>();
  for (const member of members)
    for (const key of member.executed()) times.set(key, (times.get(key) ?? 0) + 1);
  return times;
}
