import type { LoggerService } from '@nestjs/common';

/** A line of the log as tests compare it. */
export interface LogLine {
  readonly level: 'log' | 'warn' | 'error' | 'debug';
  readonly text: string;
}

/** Keeps what the application logs, so that tests can ask for it and the output stays readable. */
export class RecordingLogger implements LoggerService {
  readonly lines: LogLine[] = [];

  log(message: unknown): void {
    this.lines.push({ level: 'log', text: String(message) });
  }
  warn(message: unknown): void {
    this.lines.push({ level: 'warn', text: String(message) });
  }
  error(message: unknown): void {
    this.lines.push({ level: 'error', text: String(message) });
  }
  debug(message: unknown): void {
    this.lines.push({ level: 'debug', text: String(message) });
  }

  /** The texts of one level that contain `part`. */
  matching(level: LogLine['level'], part = ''): string[] {
    return this.lines
      .filter((line) => line.level === level && line.text.includes(part))
      .map(({ text }) => text);
  }
}
