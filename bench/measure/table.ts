import { spreadOf } from './spread.js';

/** Lines of a table: the first column to the left, numbers to the right. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [head, ...rows];
  const widths = head.map((_title, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((text, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? text.padEnd(width) : text.padStart(width);
      })
      .join('  '),
  );
}

/** Three figures are enough. */
export function short(value: number): string {
  return value >= 1_000 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** Median and range of the rounds. */
export function shortSpread(values: readonly number[]): string {
  const { median, min, max } = spreadOf(values);
  return `${short(median)} [${short(min)}..${short(max)}]`;
}
