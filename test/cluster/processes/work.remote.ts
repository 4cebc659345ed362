import { Inject } from '@nestjs/common';
import { Remote, SessionDirectory } from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, SETTINGS } from './ledger.js';
import type { MemberSettings } from './member-settings.js';

/** Pushes of a flood between two pauses. */
const AT_ONCE = 5;
const PAUSE_MS = 10;

/** Answers name what they answer: nobody may take one for another. */
export interface WorkDone {
  readonly key: string;
  readonly server: string;
}

/** What servers do for each other. */
@Remote('chat.work')
export class WorkRemote {
  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    private readonly ledger: Ledger,
    private readonly directory: SessionDirectory,
  ) {}

  /** Writes the key down, takes its time, and says what was done and by whom. */
  @Remote() async run(key: string, ms = 0): Promise<WorkDone> {
    this.ledger.write(key);
    if (ms > 0) await delay(ms);
    return { key, server: this.settings.id };
  }

  /** Pushes to a user without waiting, so many bytes at a time, until that is known not to arrive; how many pushes it took. */
  @Remote() async flood(uid: string, bytes: number): Promise<number> {
    const [session] = await this.directory.sessionsOf(uid);
    const flood = { pushed: 0, isOver: session === undefined };
    const body = 'x'.repeat(bytes);
    const push = async (): Promise<void> => {
      flood.pushed += 1;
      // What fails by time, or is lost, may arrive.
      if ((await session?.send('onFlood', body).catch(() => true)) === false) flood.isOver = true;
    };
    while (!flood.isOver) {
      for (let count = 0; count < AT_ONCE; count += 1) void push();
      await delay(PAUSE_MS);
    }
    return flood.pushed;
  }
}
