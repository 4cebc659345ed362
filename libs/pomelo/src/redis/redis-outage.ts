import { Logger } from '@nestjs/common';

/** Tells the log once that Redis is away, and once that it is back, however many connections notice. */
export class RedisOutage {
  private readonly logger = new Logger('Pomelo');
  private readonly away = new Set<object>();

  constructor(private readonly servers: string) {}

  /** A connection cannot be made. */
  begin(link: object, reason: string): void {
    if (this.away.size === 0)
      this.logger.warn(`Redis at ${this.servers} is away: ${reason}. Waiting for it.`);
    this.away.add(link);
  }

  /** A connection is made, or nobody wants it any more. */
  end(link: object, isBack: boolean): void {
    if (!this.away.delete(link) || this.away.size > 0 || !isBack) return;
    this.logger.log(`Redis at ${this.servers} answers`);
  }
}
