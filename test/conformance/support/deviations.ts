/** Where the answer to a recorded input differs from the recorded one, on purpose. */
export interface Deviation {
  /** Names of inputs; one that ends with `/tcp` or `/ws` means that transport alone. */
  readonly names: readonly string[];
  /** What we answer: bytes, or what they read as in Latin-1. */
  readonly says: Uint8Array | RegExp;
  /** Close code with which a WebSocket ends; over TCP the connection is closed. Absent: it goes on. */
  readonly ends?: number;
  /** Why that is better than what was recorded. */
  readonly why: string;
}

/** The rows by full name, for the inputs that are recorded. Throws when two rows claim an input, or a row claims none. */
export function byName(rows: readonly Deviation[], recorded: readonly string[]): Map<string, Deviation> {
  const found = new Map<string, Deviation>();
  for (const row of rows) {
    for (const name of row.names) {
      const matches = recorded.filter(
        (full) => full === name || full === `${name}/tcp` || full === `${name}/ws`,
      );
      if (matches.length === 0) throw new Error(`no recording is named ${name}`);
      for (const match of matches) {
        if (found.has(match)) throw new Error(`two rows for ${match}`);
        found.set(match, row);
      }
    }
  }
  return found;
}
