import { parseArgs } from 'node:util';
import type { BenchSizes } from './sections/bench.js';

/** What the command line asks for. */
export interface BenchOptions {
  /** Name of the one section that is measured; empty for all. */
  readonly section: string;
  /** In each round everything is measured once, in turn. */
  readonly rounds: number;
  readonly sizes: BenchSizes;
  /** The servers of `bench/peers` take part. */
  readonly peers: boolean;
  /** The figures go into docs/benchmarks.md. */
  readonly write: boolean;
  /** Only what must not get slower is measured; the command fails when it is too slow. */
  readonly guard: boolean;
  /** Of the guard; `undefined` for its own. */
  readonly bound: number | undefined;
  /** Path of another load generator. */
  readonly loadgen: string | undefined;
}

/** How the command is called. */
export const USAGE =
  'Usage: bench [echo | checked | broadcast | cycle | latency | idle | garbage | start-up]\n' +
  '  [--rounds N] [--ms N] [--connections N] [--members N] [--idle N] [--rate N] [--peers] [--loadgen PATH]\n' +
  '  [--write | --guard [--bound N]]; --write is for a run of all sections';

const NUMBERS = ['rounds', 'ms', 'connections', 'members', 'idle', 'rate'] as const;

/** Reads the command line; `undefined` when it is not as {@link USAGE} says. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const parsed = parse(args);
  if (parsed === undefined || parsed.positionals.length > 1) return undefined;
  const { values, positionals } = parsed;
  if (!NUMBERS.every((name) => /^[1-9]\d*$/.test(values[name]))) return undefined;
  const isPart = positionals.length === 1 || values.guard;
  // A page with figures of several runs would compare what cannot be compared.
  if (values.write && isPart) return undefined;
  if (values.bound !== undefined && !values.guard) return undefined;
  const bound = values.bound === undefined ? undefined : Number(values.bound);
  if (bound !== undefined && !(bound > 0)) return undefined;
  const { peers, write, guard, loadgen } = values;
  const sizes = {
    ms: Number(values.ms),
    connections: Number(values.connections),
    members: Number(values.members),
    idle: Number(values.idle),
    rate: Number(values.rate),
  };
  return {
    section: positionals[0] ?? '',
    rounds: Number(values.rounds),
    sizes,
    peers,
    write,
    guard,
    bound,
    loadgen,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        ms: { type: 'string', default: '400' },
        connections: { type: 'string', default: '64' },
        members: { type: 'string', default: '1000' },
        idle: { type: 'string', default: '10000' },
        rate: { type: 'string', default: '30000' },
        peers: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
        guard: { type: 'boolean', default: false },
        bound: { type: 'string' },
        loadgen: { type: 'string' },
      },
    });
  } catch {
    return undefined;
  }
}
