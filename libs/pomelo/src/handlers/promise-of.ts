import { isObservable, lastValueFrom, type Observable } from 'rxjs';

/** What the answer of a handler has to wait for; `undefined` when the result is the answer. Throws what the result throws when it is looked at. */
export function promiseOf(result: unknown): PromiseLike<unknown> | undefined {
  if (isThenable(result)) return result;
  return isObservable(result) ? lastOf(result) : undefined;
}

/** What a result comes to in the end: a promise may bring a stream, which ends later. */
export async function wholeOf(result: unknown): Promise<unknown> {
  const value = await result;
  return isObservable(value) ? lastOf(value) : value;
}

/** The last value of a stream; `undefined` when it has none. */
export function lastOf(stream: Observable<unknown>): Promise<unknown> {
  return lastValueFrom(stream, { defaultValue: undefined });
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function'
  );
}
