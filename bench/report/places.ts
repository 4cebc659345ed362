import type { BenchOptions } from '../options.js';

/** Where the page has a place for what a run gave; `undefined` for none. */
export type PlaceOf = (name: string) => string | undefined;

/** The places of a run: those of the peers are others, and of a run with another load generator the page has the goals. */
export function placesOf({ peers, loadgen }: Pick<BenchOptions, 'peers' | 'loadgen'>): PlaceOf {
  if (peers) return (name) => `peers-${name}`;
  if (loadgen === undefined) return (name) => name;
  return (name) => (name === 'run' || name === 'goals' ? `native-${name}` : undefined);
}
