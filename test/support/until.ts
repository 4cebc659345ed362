/** Waits, turn by turn, for something that the server notices on its own; jest's time limit ends the wait. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate);
}
