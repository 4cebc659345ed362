import type { SoakRecord } from './client.js';

/** What a soak came to. */
export interface SoakResult {
  readonly minutes: number;
  readonly clients: number;
  readonly record: SoakRecord;
  /** Resident set of the server at the end, in bytes. */
  readonly rss: number;
  /** Its growth over the second half, in MiB a minute. */
  readonly growth: number;
  /** What 99 of 100 turns of the server's event loop stayed below, in ms. */
  readonly delayP99Ms: number;
  /** File descriptors that the server has more than before. */
  readonly moreDescriptors: number;
  /** Nothing keeps the server's event loop alive that did not before. */
  readonly isIdle: boolean;
}

const MIB = 2 ** 20;
const MOST_GROWTH = 0.5;
const MOST_DELAY_MS = 50;
/** A shorter run is judged by what clients see: memory and delays are those of the start. */
const SHORTEST_MINUTES = 2;

/** The line of figures. */
export function describe(result: SoakResult): string {
  const { record } = result;
  return [
    `${result.minutes} min`,
    `${result.clients} clients, ${record.left} left and followed`,
    `${record.answered} echoes, slowest ${record.slowestMs.toFixed(0)} ms`,
    `${record.hostilePackages} hostile packages`,
    `rss ${(result.rss / MIB).toFixed(0)} MiB, ${result.growth.toFixed(2)} MiB/min over the second half`,
    `event loop p99 ${result.delayP99Ms.toFixed(1)} ms`,
    `descriptors ${result.moreDescriptors < 0 ? '' : '+'}${result.moreDescriptors}`,
  ].join('  ');
}

/** What must not happen, and did. */
export function failuresOf(result: SoakResult): string[] {
  const { record, growth, delayP99Ms, moreDescriptors, isIdle, minutes } = result;
  const isLong = minutes >= SHORTEST_MINUTES;
  return [
    ...record.failures,
    ...(record.answered === 0 ? ['nobody was served'] : []),
    ...(moreDescriptors > 0 ? ['file descriptors were left open'] : []),
    ...(isIdle ? [] : ['timers or sockets were left when everybody had gone']),
    ...(isLong && growth > MOST_GROWTH ? [`memory grew by more than ${MOST_GROWTH} MiB a minute`] : []),
    ...(isLong && delayP99Ms > MOST_DELAY_MS
      ? [`the event loop was held up for over ${MOST_DELAY_MS} ms`]
      : []),
  ];
}
