import { checkInteger, checkRecord, refuseOption, refuseUnknown } from '../options/option-checks.js';

/** When a server sheds load. */
export interface OverloadOptions {
  /** Delay of the event loop, in ms, above which messages are refused. Default 70. */
  readonly maxLagMs?: number;
  /** Delay, in ms, below which more of them are let in again. Default half of `maxLagMs`. */
  readonly calmLagMs?: number;
}

/** The {@link OverloadOptions} with their defaults. */
export type ResolvedOverload = Readonly<Required<OverloadOptions>>;

const DEFAULT_MAX_LAG_MS = 70;
const MOST_LAG_MS = 60_000;

/** Checks the option; `undefined` is no shedding. Throws `OPTION_INVALID`. */
export function resolveOverload(given: OverloadOptions | boolean | undefined): ResolvedOverload | undefined {
  if (given === undefined || given === false) return undefined;
  const options = checkRecord('overload', given === true ? {} : given);
  refuseUnknown(options, ['maxLagMs', 'calmLagMs'], 'overload.');
  const { maxLagMs = DEFAULT_MAX_LAG_MS } = options;
  checkInteger('overload.maxLagMs', maxLagMs, 2, MOST_LAG_MS);
  const { calmLagMs = Math.floor(maxLagMs / 2) } = options;
  checkInteger('overload.calmLagMs', calmLagMs, 1, MOST_LAG_MS);
  if (calmLagMs >= maxLagMs)
    refuseOption(
      'overload.calmLagMs',
      calmLagMs,
      `less than overload.maxLagMs, which is ${maxLagMs}`,
      'Leave it out for half of it.',
    );
  return { maxLagMs, calmLagMs };
}
