/**
 * The order in which NATS servers are tried: those of the options before those that NATS named, each at random so that
 * servers spread, and last the one that was just lost.
 */
export function serverOrder(
  given: readonly string[],
  named: readonly string[],
  lost: string | undefined,
): string[] {
  const lostAddress = addressOf(lost ?? '');
  const others = named.filter((server) => !given.some((known) => addressOf(known) === addressOf(server)));
  const all = [...shuffled(given), ...shuffled(others)];
  return all.toSorted((a, b) => Number(addressOf(a) === lostAddress) - Number(addressOf(b) === lostAddress));
}

function addressOf(server: string): string {
  return server.replace(/^\w+:\/\//, '').toLowerCase();
}

function shuffled(list: readonly string[]): string[] {
  return list
    .map((value) => ({ value, key: Math.random() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ value }) => value);
}
