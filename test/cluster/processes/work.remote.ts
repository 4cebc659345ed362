import { Inject } from '@nestjs/common';
import { Remote } from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, SETTINGS } from './ledger.js';
import type { MemberSettings } from './member-settings.js';

/** What servers do for each other. */
@Remote('chat.work')
export class WorkRemote {
  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    private readonly ledger: Ledger,
  ) {}

  /** Writes the key down, takes its time, and says who did it. */
  @Remote() async run(key: string, ms = 0): Promise<string> {
    this.ledger.write(key);
    if (ms > 0) await delay(ms);
    return this.settings.id;
  }
}
