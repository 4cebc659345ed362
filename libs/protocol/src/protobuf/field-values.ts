/** A number as schema users write one in a string. What only begins with digits is refused, not cut. */
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/;

/**
 * The integer that an integer field writes for a value, NaN if none. Pomelo applies `parseInt`, so fractions are cut
 * and numbers in strings are taken; unlike there, 1e21 is not 1 and '12px' is not 12.
 */
export function integerOf(value: unknown): number {
  if (typeof value === 'number') return Math.trunc(value);
  return typeof value === 'string' && DECIMAL.test(value) ? Math.trunc(Number(value)) : Number.NaN;
}

/** The number that a float or double field writes for a value: numbers and numbers in strings, else undefined. */
export function floatOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

/** True for what `uInt32` can carry: 0 to 2^53-1. */
export function fitsUnsigned(value: number): boolean {
  return value >= 0 && value <= Number.MAX_SAFE_INTEGER;
}

/** True for what `sInt32` and `int32` can carry, a varint of twice the size: -2^52 to 2^52-1. */
export function fitsSigned(value: number): boolean {
  return value >= -(2 ** 52) && value < 2 ** 52;
}
