import { Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { checkArray, refuseOption } from '../options/option-checks.js';
import { AddressList } from './address-list.js';
import { askForAddresses, type BlacklistFunction } from './blacklist-function.js';

/** The addresses that may not connect, now. What changes in it is for new connections: nobody is closed. */
export class Blacklist {
  private readonly source: BlacklistFunction | undefined;
  /** Before a function has given its list, nobody may connect. */
  private list: AddressList | undefined;
  private changes = 0;

  /** `option` is what it is called in the `OPTION_INVALID` that a wrong list throws. */
  constructor(
    private readonly option: string,
    source: readonly string[] | BlacklistFunction | undefined,
    private readonly failOpen: boolean,
  ) {
    if (typeof source === 'function') this.source = source;
    else this.set(source);
  }

  /** The address may not connect. */
  has(address: string): boolean {
    return this.list?.has(address) ?? true;
  }

  /** Replaces the list. Throws `OPTION_INVALID`, and the list stays. */
  set(addresses: readonly string[] | undefined): void {
    this.list = new AddressList(this.option, checkArray(this.option, addresses));
    this.changes += 1;
  }

  /** Asks the function for its first list, if there is one. Rejects with `BLACKLIST_UNREADABLE` unless it may fail. */
  async load(): Promise<void> {
    if (this.source === undefined) return;
    try {
      await this.update();
    } catch (error) {
      if (!this.failOpen) throw this.refusal(error);
      this.list ??= new AddressList(this.option, []);
      const detail = describeError(error);
      new Logger('Pomelo').warn(`The addresses of ${this.option} are unknown: nobody is refused. ${detail}`);
    }
  }

  /** Asks the function again. Rejects with what it failed with, or with what is wrong with its list, and the old list stays. */
  async update(): Promise<void> {
    const { source } = this;
    if (source === undefined)
      return refuseOption(
        this.option,
        'a list',
        'a function that can be asked again',
        'Or call setBlacklist().',
      );
    this.changes += 1;
    const change = this.changes;
    const addresses = await askForAddresses(source);
    // Meanwhile somebody may have set a newer one.
    if (change === this.changes) this.set(addresses);
  }

  private refusal(error: unknown): PomeloConfigException {
    if (error instanceof PomeloConfigException) return error;
    const detail = describeError(error);
    return new PomeloConfigException('BLACKLIST_UNREADABLE', { option: this.option, detail });
  }
}
