import { parseArgs } from 'node:util';

/** Reads options that are numbers, all of which have a default; throws a sentence when the command line makes no sense. */
export function readNumbers<K extends string>(
  args: readonly string[],
  defaults: Readonly<Record<K, number>>,
): Record<K, number> {
  const names = Object.keys(defaults) as K[];
  const { values } = parseArgs({
    args: [...args],
    options: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
  });
  const numbers: Record<K, number> = { ...defaults };
  for (const name of names) {
    const text = values[name];
    if (text === undefined) continue;
    numbers[name] = Number(text);
    if (text === '' || !(numbers[name] >= 0)) throw new Error(`--${name} takes a number, not '${text}'`);
  }
  return numbers;
}

/** Another one each time, printed so that it can be given. */
export function randomSeed(): number {
  return Math.floor(Math.random() * 2 ** 32);
}
