import { Logger } from '@nestjs/common';

/** Says once that NATS cannot be used, however many connections find that out, and once that all of them are back. */
export class AbsenceLog {
  private readonly logger = new Logger('Pomelo');
  private readonly absent = new Set<object>();

  constructor(private readonly servers: readonly string[]) {}

  /** A link found no NATS that can be used. */
  away(link: object, reason: string): void {
    if (this.absent.size === 0)
      this.logger.warn(`NATS at ${this.servers.join(', ')} cannot be used: ${reason}. Waiting for it.`);
    this.absent.add(link);
  }

  /** A link has found one. */
  back(link: object, server: string): void {
    if (this.absent.delete(link) && this.absent.size === 0) this.logger.log(`NATS at ${server} answers`);
  }

  /** A link looks no longer. */
  forget(link: object): void {
    this.absent.delete(link);
  }
}
