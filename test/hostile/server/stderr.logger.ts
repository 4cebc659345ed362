import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Nest's own logger, with every level on stderr: stdout belongs to the line that says where the server listens. */
export class StderrLogger extends ConsoleLogger {
  protected override printMessages(messages: unknown[], context?: string, level?: LogLevel): void {
    super.printMessages(messages, context, level, 'stderr');
  }
}
