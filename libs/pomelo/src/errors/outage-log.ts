import type { Logger } from '@nestjs/common';

/** Says once that something outside does not work, however many notice it, and once that it works again. */
export class OutageLog {
  private isOut = false;

  constructor(
    private readonly logger: Logger,
    /** What is told about, as the subject of a sentence. */
    private readonly subject: string,
  ) {}

  /** It failed. */
  failed(detail: string): void {
    if (!this.isOut) this.logger.error(`${this.subject} failed: ${detail}`);
    this.isOut = true;
  }

  /** It worked. */
  worked(): void {
    if (this.isOut) this.logger.log(`${this.subject} works again`);
    this.isOut = false;
  }
}
