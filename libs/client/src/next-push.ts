import type { Emitter } from './emitter.js';
import { PomeloClientError } from './errors.js';

/** What ends the wait for a push besides the push. */
export interface NextPushOptions {
  /** Rejects with `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

/** The body of the next push of a route; rejects with `CLOSED` when the client closes before. */
export function nextPush(
  pushes: Emitter<Record<string, unknown>>,
  route: string,
  closed: AbortSignal,
  { signal }: NextPushOptions,
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const release = (): void => {
      unsubscribe();
      closed.removeEventListener('abort', onClosed);
      signal?.removeEventListener('abort', onAborted);
    };
    const fail = (code: 'CLOSED' | 'ABORTED', cause: unknown): void => {
      release();
      reject(new PomeloClientError(code, { detail: `waiting for ${route}`, cause }));
    };
    const onClosed = (): void => fail('CLOSED', closed.reason);
    const onAborted = (): void => fail('ABORTED', signal?.reason);
    const unsubscribe = pushes.on(route, (body) => {
      release();
      resolve(body);
    });
    closed.addEventListener('abort', onClosed);
    signal?.addEventListener('abort', onAborted);
    if (closed.aborted) onClosed();
    else if (signal?.aborted === true) onAborted();
  });
}
