/** Gives the addresses and CIDR ranges of a blacklist: returned, promised, or handed to the callback, as Pomelo's `blacklistFun` does. */
export type BlacklistFunction = (
  callback: (error: unknown, addresses?: readonly string[]) => void,
) => readonly string[] | Promise<readonly string[] | void> | void;

/** Time for a function to give its list, in ms. */
const TIME_MS = 2_000;

/** Asks the function once. Rejects when it fails, gives no list, or takes more than 2 s. */
export async function askForAddresses(source: BlacklistFunction): Promise<readonly string[]> {
  let timer: NodeJS.Timeout | undefined;
  try {
    const addresses = await new Promise<unknown>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`it gave no list within ${TIME_MS} ms`)), TIME_MS);
      const given = source((error, list) => (error ? reject(asError(error)) : resolve(list ?? null)));
      Promise.resolve(given).then((list) => {
        // A function that gives nothing will call back.
        if (list !== undefined) resolve(list);
      }, reject);
    });
    if (Array.isArray(addresses)) return addresses as readonly string[];
    throw new TypeError('it gave no list');
  } finally {
    clearTimeout(timer);
  }
}

/** Callbacks of old code get strings, too. */
function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
