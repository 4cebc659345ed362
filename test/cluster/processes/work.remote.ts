import { Inject } from '@nestjs/common';
import { Remote } from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, SETTINGS } from './ledger.js';
import type { MemberSettings } from './member-settings.js';

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
  ) {}

  /** Writes the key down, takes its time, and says what was done and by whom. */
  @Remote() async run(key: string, ms = 0): Promise<WorkDone> {
    this.ledger.write(key);
    if (ms > 0) await delay(ms);
    return { key, server: this.settings.id };
  }
}
