import { Inject, Injectable } from '@nestjs/common';
import { openSync, writeSync } from 'node:fs';
import type { MemberSettings } from './member-settings.js';

/** The token of the settings of a server. */
export const SETTINGS = Symbol('settings of the member');

/** Writes down what this server executes, in its order, and how its calls end. */
@Injectable()
export class Ledger {
  private readonly file: number;

  constructor(@Inject(SETTINGS) { ledger }: MemberSettings) {
    this.file = openSync(ledger, 'a');
  }

  /** Work is written down before it is done: whatever becomes of the answer, it happened. */
  write(key: string): void {
    writeSync(this.file, `${key}\n`);
  }
}
