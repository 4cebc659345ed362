import type { ReconnectingEvent } from './client-events.js';
import { PomeloClientError } from './errors.js';
import { isRecord } from './record.js';
import { timerDelay } from './timer-delay.js';

/** How a lost connection is re-established. */
export interface ReconnectPolicy {
  /** Bound of the first delay in milliseconds; doubles with each attempt. Default 500. */
  readonly minDelayMs: number;
  /** Bound of every delay in milliseconds. Default 30 000. */
  readonly maxDelayMs: number;
  /** Attempts until the client gives up. Default unlimited. */
  readonly maxAttempts: number;
}

/** What one loss of a connection leads to. */
export interface Reconnection {
  readonly policy: ReconnectPolicy;
  /** Why the connection was lost. */
  readonly cause: PomeloClientError;
  /** Ends the waiting when the client is closed. */
  readonly signal: AbortSignal;
  /** Called before each wait. */
  onWait(wait: ReconnectingEvent): void;
  /** Connects once; rejects with the failure. */
  connect(): Promise<void>;
}

/**
 * The delay before an attempt, counted from 1: exponential backoff with full jitter, so that the clients of a server that
 * restarted do not come back in step.
 */
export function backoffDelayMs(policy: ReconnectPolicy, attempt: number, random = Math.random): number {
  return random() * Math.min(policy.maxDelayMs, policy.minDelayMs * 2 ** (attempt - 1));
}

/** Tries until connected or aborted (then undefined), or until it is no use: then the last failure. */
export async function reconnect(task: Reconnection): Promise<PomeloClientError | undefined> {
  let { cause } = task;
  for (let attempt = 1; attempt <= task.policy.maxAttempts; attempt++) {
    const delayMs = retryAfterMs(cause) + backoffDelayMs(task.policy, attempt);
    task.onWait({ attempt, delayMs, cause });
    const failure = await attemptAfter(delayMs, task);
    if (failure === undefined || task.signal.aborted) return undefined;
    cause = failure;
    if (isFinal(cause)) break;
  }
  return cause;
}

/** The longest wait that a server may ask for, in ms. */
const LONGEST_RETRY_MS = 60_000;

/** What a server that stops asks for, so that its clients do not all come back at once: `retryAfter` of its kick, in seconds. */
function retryAfterMs({ body }: PomeloClientError): number {
  const seconds = isRecord(body) ? body['retryAfter'] : undefined;
  return typeof seconds === 'number' && seconds > 0 ? Math.min(seconds * 1000, LONGEST_RETRY_MS) : 0;
}

async function attemptAfter(delayMs: number, task: Reconnection): Promise<PomeloClientError | undefined> {
  await wait(delayMs, task.signal);
  if (task.signal.aborted) return undefined;
  try {
    await task.connect();
    return undefined;
  } catch (error) {
    return error instanceof PomeloClientError
      ? error
      : new PomeloClientError('CONNECT_FAILED', { cause: error });
  }
}

/** A refusal that will not change by asking again: everything but a server's own trouble (500, 502 …). */
function isFinal({ code, status }: PomeloClientError): boolean {
  return code === 'HANDSHAKE_REFUSED' && (status === undefined || status < 500 || status === 501);
}

function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, timerDelay(delayMs));
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
