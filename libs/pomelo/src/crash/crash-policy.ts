import { Logger, type INestApplicationContext } from '@nestjs/common';
import type { PomeloAdapter } from '../adapter/pomelo.adapter.js';
import { reportReject } from '../diagnostics.js';
import { describeError, stackOf } from '../errors/describe-error.js';
import { currentRequest } from '../handlers/request-context.js';

/** From the first fatal error to the end of the process; see {@link exitOnFatal}. */
export class CrashPolicy {
  private readonly logger = new Logger('Pomelo');
  private isDraining = false;
  private hasEnded = false;

  constructor(
    private readonly app: INestApplicationContext,
    private readonly adapter: PomeloAdapter,
    private readonly drainMs: number,
    private readonly exit: (code: number) => void,
  ) {}

  listen(): void {
    process.on('uncaughtException', this.onException);
    process.on('unhandledRejection', this.onRejection);
  }

  stopListening(): void {
    process.off('uncaughtException', this.onException);
    process.off('unhandledRejection', this.onRejection);
  }

  private readonly onException = (error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void => {
    // With --unhandled-rejections=strict Node tells a rejection twice, here first.
    if (origin === 'uncaughtException') this.onFatal('An exception that nobody caught', error);
  };

  private readonly onRejection = (reason: unknown): void => {
    this.onFatal('A rejection that nobody handled', reason);
  };

  private onFatal(what: string, error: unknown): void {
    if (this.isDraining) {
      this.log(`${what}, while the server stops after another one: ${describeError(error)}`, stackOf(error));
      this.end();
      return;
    }
    this.isDraining = true;
    const request = currentRequest();
    const where =
      request === undefined
        ? ''
        : ` in {${request.route}} (${request.handler}, session ${request.sessionId})`;
    this.log(`${what}${where} stops the server: ${describeError(error)}`, stackOf(error));
    reportReject('handler', 'unhandled', request?.transport ?? 'other');
    void this.drain();
  }

  /** Clients first, in this very turn: the hooks of the application may take long, and must not be served meanwhile. */
  private async drain(): Promise<void> {
    const timer = setTimeout(() => {
      this.log(`The shutdown took longer than ${this.drainMs} ms`);
      this.end();
    }, this.drainMs);
    await this.attempt(() => this.adapter.beforeApplicationShutdown());
    await this.attempt(() => this.app.close());
    clearTimeout(timer);
    this.end();
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.log(`The shutdown failed: ${describeError(error)}`, stackOf(error));
    }
  }

  private end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    this.stopListening();
    this.exit(1);
  }

  /** A log that fails, or keeps its lines for later, must neither hide the error nor keep the process. */
  private log(text: string, stack?: string): void {
    try {
      Logger.flush();
      this.logger.error(text, stack);
    } catch (failure) {
      console.error(`${text} (and the log failed: ${describeError(failure)})`);
    }
  }
}
