/** Throws for inputs that hold four bytes in a row which nobody finds by chance; the way to them is four branches long. */
export function plantedCrash(input: Uint8Array): void {
  if (endOfPath(input)) throw new Error('the planted bug');
}

/** The same way, to a loop without an end. */
export function plantedHang(input: Uint8Array): void {
  let turns = 0;
  while (endOfPath(input)) turns++;
  if (turns > 0) throw new Error('unreachable');
}

const SLOW_MS = 20;

/** The same way, to work that takes longer than any input may, and ends. */
export function plantedDelay(input: Uint8Array): void {
  if (!endOfPath(input)) return;
  const endsAt = performance.now() + SLOW_MS;
  while (performance.now() < endsAt);
}

function endOfPath(input: Uint8Array): boolean {
  if (input[0] !== 0xb5) return false;
  if (input[1] !== 0x1e) return false;
  if (input[2] !== 0x77) return false;
  return input[3] === 0x0a;
}
