/** How a push is sent. */
export interface PushCallOptions {
  /** Handed to `push.select` as `hint`, on the server that writes to the client. */
  readonly scheduler?: unknown;
  /** Skipped for a client that is behind, as `limits.pushBehindBytes` says. Wins over `latest`. Default false. */
  readonly volatile?: boolean;
  /**
   * Waits for a client that is behind, and takes the place of a push that waits for it with the same route and key. `true`
   * is one key a route. Default false.
   */
  readonly latest?: boolean | string;
  /** Waits for a client that is behind, and is not written so many ms after the call, or later. Default for ever. */
  readonly deadlineMs?: number;
}

/** Under which conditions a push is still worth sending. */
export interface PushTerms {
  /** Only to a client that is not behind. */
  readonly volatile: boolean;
  /** What a newer push must have, too, to take its place; `undefined` is nothing. */
  readonly key: string | undefined;
  /** From when on it is not sent, as `performance.now()` counts; infinite is never. */
  readonly deadline: number;
}

/** The terms of a push; `undefined` when it is sent whatever happens. */
export function termsOf(
  route: string,
  { volatile = false, latest = false, deadlineMs = Infinity }: PushCallOptions,
): PushTerms | undefined {
  if (!volatile && latest === false && deadlineMs === Infinity) return undefined;
  return { volatile, key: keyOf(route, latest), deadline: performance.now() + deadlineMs };
}

function keyOf(route: string, latest: boolean | string): string | undefined {
  if (latest === false) return undefined;
  // With the length no route ends where the key of another one begins.
  const own = `${route.length}:${route}`;
  return latest === true ? own : `${own}:${latest}`;
}
