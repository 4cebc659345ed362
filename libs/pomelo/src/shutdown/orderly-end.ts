import { Logger } from '@nestjs/common';
import { constants } from 'node:os';
import type { PomeloAdapter } from '../adapter/pomelo.adapter.js';
import { describeError, stackOf } from '../errors/describe-error.js';

/**
 * Signals within this time are one, in ms: of those that a terminal sends to all its processes, npm passes its own on to
 * the program that it runs.
 */
const ONE_SIGNAL_MS = 100;
/** What shells add to the number of a signal that ended a process. */
const SIGNALLED = 128;

/** An application of Nest, whose hooks are told by which signal it ends. */
export interface Closable {
  close(signal?: string): Promise<void>;
}

/** From the first signal to the end of the process; see {@link exitOnSignal}. */
export class OrderlyEnd {
  private readonly logger = new Logger('Pomelo');
  private beganAt: number | undefined;
  private hasFailed = false;

  constructor(
    private readonly app: Closable,
    private readonly adapter: PomeloAdapter,
    private readonly exit: (code: number) => void,
  ) {}

  /** A listener for signals. */
  readonly onSignal = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (this.beganAt === undefined) {
      this.beganAt = now;
      void this.end(signal);
    } else if (now - this.beganAt > ONE_SIGNAL_MS) {
      this.logger.warn(`${signal}, while the server stops: it ends at once`);
      this.exit(SIGNALLED + constants.signals[signal]);
    }
  };

  /** Clients first: the hooks of the application may take away what the requests in flight need. */
  private async end(signal: NodeJS.Signals): Promise<void> {
    // An application that has not started yet keeps its log.
    Logger.flush();
    this.logger.log(`${signal}: the server stops. A second signal ends it at once`);
    await this.attempt(() => this.adapter.beforeApplicationShutdown());
    await this.attempt(() => this.app.close(signal));
    // Who waited for the same end because of a fatal error has said 1 by now.
    await new Promise(setImmediate);
    this.exit(this.hasFailed ? 1 : Number(process.exitCode ?? 0));
  }

  private async attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.hasFailed = true;
      this.logger.error(`The shutdown failed: ${describeError(error)}`, stackOf(error));
    }
  }
}
