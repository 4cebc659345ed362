import { Inject } from '@nestjs/common';
import { MessageBody } from '@nestjs/websockets';
import { Handler } from 'nestjs-pomelo';
import { setTimeout as delay } from 'node:timers/promises';
import { Ledger, SETTINGS } from './ledger.js';
import type { MemberSettings } from './member-settings.js';
import type { WorkDone } from './work.remote.js';

/** Work that a client asks for. */
export interface WorkBody {
  readonly key: string;
  /** How long it takes, in ms. Default 0. */
  readonly ms?: number;
}

/** What back ends do for clients. */
@Handler('chat.room')
export class RoomHandler {
  constructor(
    @Inject(SETTINGS) private readonly settings: MemberSettings,
    private readonly ledger: Ledger,
  ) {}

  /** Writes the key down, takes its time, and says what was done and by whom. */
  @Handler() async run(@MessageBody() { key, ms = 0 }: WorkBody): Promise<WorkDone> {
    this.ledger.write(key);
    if (ms > 0) await delay(ms);
    return { key, server: this.settings.id };
  }
}
