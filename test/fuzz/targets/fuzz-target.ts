import type { Library } from '../library.js';

/** One thing to fuzz. */
export interface FuzzTarget {
  readonly name: string;
  /** Not part of a run over all targets. */
  readonly hidden?: boolean;
  /** Pieces of the format, for the mutator. */
  readonly tokens: readonly Uint8Array[];
  /** The longest input: as short as the format allows, because long ones are slow and say little more. */
  readonly maxBytes: number;
  /** Legal and illegal inputs to begin with. */
  readonly seeds: readonly Uint8Array[];
  /** What to do with an input. Whatever it throws is a finding. */
  prepare(library: Library): (input: Uint8Array) => void;
}

/** Throws when a promise of the library does not hold. */
export function invariant(holds: boolean, promise: string | (() => string)): void {
  if (!holds) throw new Error(`does not hold: ${typeof promise === 'string' ? promise : promise()}`);
}

const encoder = new TextEncoder();

/** The bytes of texts. */
export function textBytes(...texts: readonly string[]): Uint8Array[] {
  return texts.map((text) => encoder.encode(text));
}
