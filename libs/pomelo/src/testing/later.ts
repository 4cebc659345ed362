/**
 * Calls `then` behind whatever was asked for before, and never in the turn of the caller: as nothing arrives over a network
 * in the call that sends it. No timer is involved, so a test may replace them.
 */
export function later(then: () => void): void {
  void Promise.resolve().then(then);
}
