import { Logger } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { checkInteger, checkOptional, checkRecord, refuseUnknown } from '../../options/option-checks.js';
import { CollectedNews } from './presence-news.js';
import type { PresenceListener, PresenceNews, PresenceOptions } from './presence.interface.js';
import { LONGEST_TIMER_MS } from '../../timing/longest-timer.js';

const DEFAULT_INTERVAL_MS = 100;

/** Pushes news to the members of a channel. */
export type TellMembers = (route: string, news: PresenceNews) => Promise<unknown>;

/** Tells who comes into a channel and who leaves it: listeners at once, and members in collected pushes when they want to know. */
export class ChannelPresence {
  private readonly logger = new Logger('Pomelo');
  private readonly listeners = new Set<PresenceListener>();
  private readonly news = new CollectedNews();
  private timer: NodeJS.Timeout | undefined;
  private readonly route: string;
  private readonly intervalMs: number;
  private readonly tellsMembers: boolean;

  /** Throws `OPTION_INVALID`. */
  constructor(
    private readonly countMembers: () => number,
    private readonly tell: TellMembers,
    options: PresenceOptions | boolean = false,
  ) {
    this.tellsMembers = options !== false;
    const given = typeof options === 'boolean' ? {} : checkRecord('presence', options);
    refuseUnknown(given, ['route', 'intervalMs'], 'presence.');
    const { route = 'onPresence', intervalMs = DEFAULT_INTERVAL_MS } = given;
    checkOptional('presence.route', route, 'string');
    this.route = route;
    this.intervalMs = checkInteger('presence.intervalMs', intervalMs, 1, LONGEST_TIMER_MS);
  }

  /** Adds a listener; the result removes it. */
  on(listener: PresenceListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A user came or went, or neither. */
  changed(uid: string, wasIn: boolean, isIn: boolean): void {
    if (wasIn === isIn) return;
    const type = isIn ? 'join' : 'leave';
    for (const listener of this.listeners) this.call(listener, type, uid);
    if (!this.tellsMembers) return;
    this.news.add(type, uid);
    this.timer ??= setTimeout(() => this.pushNews(), this.intervalMs).unref();
  }

  /** Tells members nothing any more. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private pushNews(): void {
    this.timer = undefined;
    if (this.news.isEmpty) return;
    this.tell(this.route, this.news.take(this.countMembers())).catch((error: unknown) => this.report(error));
  }

  private call(listener: PresenceListener, type: 'join' | 'leave', uid: string): void {
    try {
      listener({ type, uid, count: this.countMembers() });
    } catch (error) {
      this.report(error);
    }
  }

  private report(error: unknown): void {
    this.logger.error(`Presence in a channel could not be told: ${describeError(error)}`);
  }
}
