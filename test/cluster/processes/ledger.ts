import { Inject, Injectable } from '@nestjs/common';
import { openSync, writeSync } from 'node:fs';
import type { MemberSettings } from './member-settings.js';

/** The token of the settings of a server. */
export const SETTINGS = Symbol('settings of the member');

/** Writes down what this server executes, in its order. */
@Injectable()
export class Ledger {
  private readonly file: number;

  constructor(@Inject(SETTINGS) { ledger }: MemberSettings) {
    this.file = openSync(ledger, 'a');
  }

  /** Before the work is done: whatever becomes of the answer, this happened. */
  write(key: string): void {
    writeSync(this.file, `${key}\n`);
  }
}
