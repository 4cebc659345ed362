import type { INestApplicationContext } from '@nestjs/common';
import { constants } from 'node:os';
import { PomeloAdapter } from '../adapter/pomelo.adapter.js';
import { checkArray, checkOptional, refuseOption } from '../options/option-checks.js';
import { OrderlyEnd } from './orderly-end.js';

/** Node cannot listen for these. */
const UNHEARD: readonly unknown[] = ['SIGKILL', 'SIGSTOP'];

/** Options of {@link exitOnSignal}. */
export interface SignalOptions {
  /** What ends the process. Default SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[];
  /** Ends the process; for programs that embed the application. Default `process.exit`. */
  readonly exit?: (code: number) => void;
}

/**
 * Ends the process in order when it is told to, by SIGTERM or SIGINT: from that moment the server is not ready and takes no
 * new session; requests in flight end, clients are told to come back elsewhere, and only then the hooks of the application
 * run (`app.close()`). The exit code is 0, or `process.exitCode`; 1 when Nest cannot close the application. A second
 * signal ends the process at once, with 128 and the number of the signal. Takes the place of Nest's
 * `enableShutdownHooks()`, which ignores a second signal, and runs `onModuleDestroy` before requests have ended. For one
 * application a process.
 *
 * The result removes the listeners. Throws `OPTION_INVALID`, and when the application has no `PomeloModule`.
 *
 * @example exitOnSignal(app);
 */
export function exitOnSignal(app: INestApplicationContext, options: SignalOptions = {}): () => void {
  const { signals = ['SIGTERM', 'SIGINT'], exit } = options;
  for (const signal of checkArray('exitOnSignal.signals', signals)) checkSignal(signal);
  checkOptional('exitOnSignal.exit', exit, 'function');
  const end = new OrderlyEnd(app, app.get(PomeloAdapter), exit ?? ((code) => process.exit(code)));
  for (const signal of signals) process.on(signal, end.onSignal);
  return () => {
    for (const signal of signals) process.off(signal, end.onSignal);
  };
}

function checkSignal(signal: unknown): void {
  if (typeof signal === 'string' && signal in constants.signals && !UNHEARD.includes(signal)) return;
  refuseOption('exitOnSignal.signals', signal, 'a signal that Node can listen for', 'Such as SIGTERM.');
}
