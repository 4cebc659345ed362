import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface ClusterBenchOptions {
  /** Name of the one section that is measured; empty for all. */
  readonly section: string;
  readonly rounds: number;
  /** Length of one measurement, in ms. */
  readonly ms: number;
  /** A bound that is missed makes the command fail. */
  readonly check: boolean;
}

/** How the command is called. */
export const USAGE = 'Usage: bench:cluster [echo | fan-out | logins] [--rounds N] [--ms N] [--check]';

/** Reads the command line; `undefined` when it is not as {@link USAGE} says. */
export function readOptions(args: readonly string[]): ClusterBenchOptions | undefined {
  const parsed = parse(args);
  if (parsed === undefined || parsed.positionals.length > 1) return undefined;
  const { rounds, ms, check } = parsed.values;
  if (![rounds, ms].every((text) => /^[1-9]\d*$/.test(text))) return undefined;
  return { section: parsed.positionals[0] ?? '', rounds: Number(rounds), ms: Number(ms), check };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        ms: { type: 'string', default: '350' },
        check: { type: 'boolean', default: false },
      },
    });
  } catch {
    return undefined;
  }
}
