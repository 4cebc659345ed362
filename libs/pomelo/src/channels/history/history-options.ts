import { checkInteger, checkOptional, checkRecord, refuseUnknown } from '../../options/option-checks.js';
import type { HistoryOptions } from './history.interface.js';

const FIVE_MINUTES = 300_000;
const MAX_SIZE = 100_000;
const MAX_AGE_MS = 2 ** 31 - 1;

/** Within which bounds a message is kept. */
export interface HistoryBounds {
  readonly size: number;
  readonly ageMs: number;
  /** Bytes of all messages of the channel. */
  readonly bytes: number;
}

/** Checks options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveHistory(given: HistoryOptions, bytes: number): HistoryBounds {
  refuseUnknown(checkRecord('history', given), ['size', 'ageMs', 'stamp'], 'history.');
  const { size, ageMs = FIVE_MINUTES, stamp } = given;
  checkOptional('history.stamp', stamp, 'string');
  return {
    size: checkInteger('history.size', size, 1, MAX_SIZE),
    ageMs: checkInteger('history.ageMs', ageMs, 1, MAX_AGE_MS),
    bytes,
  };
}
