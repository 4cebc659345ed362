import type { INestApplicationContext } from '@nestjs/common';
import { PomeloAdapter } from '../adapter/pomelo.adapter.js';
import { checkInteger } from '../options/option-checks.js';
import { CrashPolicy } from './crash-policy.js';
import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

const DRAIN_MS = 10_000;

/** Options of {@link exitOnFatal}. */
export interface FatalOptions {
  /** Time for the application to shut down after a fatal error, in ms; then the process ends all the same. Default 10000. */
  readonly drainMs?: number;
  /** Ends the process; for programs that embed the application. Default `process.exit`. */
  readonly exit?: (code: number) => void;
}

/**
 * Ends the process after an error that nobody caught, `uncaughtException` or `unhandledRejection`: nobody knows what
 * state it left behind. The error is logged once, with the request in which it began when `trackRequests` is set;
 * clients are told `stopping`, no message is handled any more, the application closes, the exit code is 1. A second
 * such error ends the process at once. For one application a process.
 *
 * The result removes the listeners. Throws `OPTION_INVALID`, and when the application has no `PomeloModule`.
 *
 * @example exitOnFatal(app);
 */
export function exitOnFatal(app: INestApplicationContext, options: FatalOptions = {}): () => void {
  const { drainMs = DRAIN_MS, exit = (code) => process.exit(code) } = options;
  checkInteger('exitOnFatal.drainMs', drainMs, 1, LONGEST_TIMER_MS);
  const policy = new CrashPolicy(app, app.get(PomeloAdapter), drainMs, exit);
  policy.listen();
  return () => policy.stopListening();
}
