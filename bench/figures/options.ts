import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface FiguresOptions {
  /** What the names of the figures begin with; empty for all. */
  readonly name: string;
  /** Clients in place of the number that the figure is about. */
  readonly clients: number | undefined;
  /** Flags of the server. */
  readonly serverFlags: readonly string[];
}

/** How the command is called. */
export const USAGE =
  'Usage: figures [storm | reset | slow | broker | backend | frontend | the name of one figure] [--clients N] [--limits off]';

/** Reads the command line; `undefined` when it is not as {@link USAGE} says. */
export function readOptions(args: readonly string[]): FiguresOptions | undefined {
  const parsed = parse(args);
  if (parsed === undefined || parsed.positionals.length > 1) return undefined;
  const { clients, limits } = parsed.values;
  if (clients !== undefined && !/^[1-9]\d*$/.test(clients)) return undefined;
  if (limits !== undefined && limits !== 'off') return undefined;
  return {
    name: parsed.positionals[0] ?? '',
    clients: clients === undefined ? undefined : Number(clients),
    serverFlags: limits === undefined ? [] : ['--limits', limits],
  };
}

function parse(args: readonly string[]) {
  try {
    const text = { type: 'string' } as const;
    return parseArgs({ args: [...args], allowPositionals: true, options: { clients: text, limits: text } });
  } catch {
    return undefined;
  }
}
