/** A number that a row measures; printed with the name of the test when `FIGURES` is set in the environment. */
export function figure(what: string, value: number): number {
  if (process.env['FIGURES'] !== undefined) {
    const { currentTestName } = expect.getState();
    process.stderr.write(`${currentTestName}: ${what} ${value.toFixed(2)}\n`);
  }
  return value;
}

/** The most of several numbers that are measured. */
export function mostOf(values: readonly number[]): number {
  return Math.max(...values);
}
