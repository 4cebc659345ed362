import { PomeloConfigException } from '../errors/pomelo.exception.js';

/** Throws the sentence of a wrong option: {@link PomeloConfigException} `OPTION_INVALID`, as every check of this file. */
export function refuseOption(option: string, value: unknown, expected: string, remedy: string): never {
  throw new PomeloConfigException('OPTION_INVALID', { option, value: shownAs(value), expected, remedy });
}

/** Refuses keys that nobody reads: they are spelling mistakes. */
export function refuseUnknown(value: object, known: readonly string[], prefix: string): void {
  for (const [key, given] of Object.entries(value)) {
    if (!known.includes(key))
      refuseOption(
        prefix + key,
        given,
        'absent: there is no such option',
        `Known here: ${known.join(', ')}.`,
      );
  }
}

/** Checks an object with options; `undefined` is an empty one. */
export function checkRecord<T extends object>(option: string, value: T | undefined): Partial<T> {
  if (value === undefined) return {};
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  return refuseOption(option, value, 'an object', `Write ${option}: { … }, or leave it out.`);
}

/** Checks a list; `undefined` is an empty one. */
export function checkArray<T>(option: string, value: readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  if (Array.isArray(value)) return value;
  return refuseOption(option, value, 'an array', `Write ${option}: [ … ].`);
}

/** Checks a whole number within a range. */
export function checkInteger(option: string, value: unknown, min: number, max: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max) return value;
  return refuseOption(option, value, `a whole number from ${min} to ${max}`, 'Leave it out for the default.');
}

/** Checks an option that may be left out, by the name of its type. */
export function checkOptional(option: string, value: unknown, type: 'function' | 'string' | 'boolean'): void {
  if (value === undefined || typeof value === type) return;
  refuseOption(
    option,
    value,
    type === 'boolean' ? 'true or false' : `a ${type}`,
    'Leave it out for the default.',
  );
}

/** JSON has no words for some values, and refuses others. */
function shownAs(value: unknown): string {
  if (typeof value === 'function') return JSON.stringify(`function ${value.name}`);
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  try {
    return JSON.stringify(value) ?? 'undefined';
  } catch {
    return 'an object';
  }
}
