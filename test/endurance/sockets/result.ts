import type { AttackCounts } from './attack.js';
import type { Bystander } from './bystander.js';

/** What an attack came to. */
export interface Result {
  /** Packages that were asked for. */
  readonly wanted: number;
  readonly rounds: readonly AttackCounts[];
  readonly seconds: number;
  readonly bystanders: readonly Bystander[];
  /** How often the server refused something, by the reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** File descriptors that the server has more than before. */
  readonly moreDescriptors: number;
  /** Bytes of heap in use that the server has more than before. */
  readonly moreHeap: number;
}

const MIB = 2 ** 20;
const MOST_MORE_HEAP = 2 * MIB;

/** The line of figures. */
export function describe(result: Result): string {
  const { bystanders, seconds, wanted } = result;
  const sum = (key: keyof AttackCounts): number => total(result, key);
  const answered = bystanders.reduce((count, bystander) => count + bystander.answered, 0);
  const slowest = Math.max(...bystanders.map(({ slowestMs }) => slowestMs));
  return [
    `${sum('packages')} packages`,
    `${sum('tcp') + sum('ws')} connections (${sum('tcp')} TCP, ${sum('ws')} WebSocket, ${sum('answered')} answered)`,
    `${seconds.toFixed(1)} s`,
    `refusals for ${Object.keys(result.refusals).length} reasons`,
    `echoes beside it ${answered}, slowest ${slowest.toFixed(0)} ms`,
    `descriptors ${signed(result.moreDescriptors)}`,
    `heap ${signed(Number((result.moreHeap / MIB).toFixed(2)))} MiB`,
    ...(sum('packages') < wanted ? [`out of time before ${wanted}`] : []),
  ].join('  ');
}

/** What must not happen, and did. */
export function failuresOf(result: Result): string[] {
  const { bystanders, moreDescriptors, moreHeap } = result;
  const refused = total(result, 'refused');
  const forgotten = total(result, 'forgotten');
  return [
    ...bystanders.flatMap(({ failure }) => failure ?? []),
    ...(refused > 0 ? [`${refused} connections did not come about`] : []),
    ...(forgotten > 0 ? [`${forgotten} connections were left open`] : []),
    ...(moreDescriptors > 0 ? ['file descriptors were left open'] : []),
    ...(moreHeap > MOST_MORE_HEAP ? [`the heap grew by more than ${MOST_MORE_HEAP / MIB} MiB`] : []),
  ];
}

function total({ rounds }: Result, key: keyof AttackCounts): number {
  return rounds.reduce((sum, counts) => sum + counts[key], 0);
}

function signed(value: number): string {
  return value < 0 ? String(value) : `+${value}`;
}
