import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface FuzzOptions {
  /** Time for all targets together. */
  readonly seconds: number;
  /** Executions of each target after which it is done, time or not; then `seconds` has no default. */
  readonly executions: number;
  readonly seed: number;
  /** The only target to run; all of them when undefined. */
  readonly target: string | undefined;
  /** An input to run once in place of a search, as hex. */
  readonly input: string | undefined;
}

const DEFAULT_SECONDS = 10;

/** Reads the command line; throws a sentence when it makes no sense. */
export function readOptions(args: readonly string[]): FuzzOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: text, executions: text, seed: text, target: text, input: text },
  });
  const executions = readNumber('executions', values.executions) ?? Number.POSITIVE_INFINITY;
  const seconds = Number.isFinite(executions) ? Number.POSITIVE_INFINITY : DEFAULT_SECONDS;
  return {
    seconds: readNumber('seconds', values.seconds) ?? seconds,
    executions,
    seed: readNumber('seed', values.seed) ?? Math.floor(Math.random() * 2 ** 32),
    target: values.target,
    input: values.input,
  };
}

function readNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text === '' || !(value >= 0)) throw new Error(`--${name} takes a number, not '${text}'`);
  return value;
}
