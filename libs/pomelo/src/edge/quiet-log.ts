import { Logger } from '@nestjs/common';

/** Time between two lines that say the same, in ms. */
const QUIET_MS = 60_000;

/** Warns of what strangers can cause as often as they like: once a minute. */
export class QuietLog {
  private readonly logger = new Logger('Pomelo');
  private loggedAt = Number.NEGATIVE_INFINITY;

  warn(text: string): void {
    const now = performance.now();
    if (now - this.loggedAt < QUIET_MS) return;
    this.loggedAt = now;
    this.logger.warn(text);
  }
}
