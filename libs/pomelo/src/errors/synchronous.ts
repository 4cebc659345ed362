/**
 * Takes the result of a function of the application that nobody waits for. An asynchronous one is a mistake that must
 * not end the process when its promise rejects. Throws when the result is a promise.
 */
export function synchronous<T>(name: string, result: T): T {
  if (!(result instanceof Promise)) return result;
  result.catch(() => {});
  throw new TypeError(`${name} must be synchronous`);
}
