const WIDTH = 28;

/** One line of a table of numbers. */
export function line(name: string, value: number): string {
  return `  ${name.padEnd(WIDTH)}${String(value).padStart(8)}`;
}

/** What was counted, the most first, below a title. */
export function section(title: string, counts: ReadonlyMap<string, number>): string[] {
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one);
  return [title, ...sorted.map(([name, count]) => line(name, count))];
}
