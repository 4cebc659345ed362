/** What an error says, whatever was thrown: handlers throw what clients sent, too. Never throws. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return 'something that cannot be described was thrown';
  }
}

/** The stack of an error, for the log; `undefined` when there is none. Never throws. */
export function stackOf(error: unknown): string | undefined {
  try {
    return error instanceof Error && typeof error.stack === 'string' ? error.stack : undefined;
  } catch {
    return undefined;
  }
}
