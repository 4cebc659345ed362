import type { MemberProcess } from '../cluster/processes/member-process.js';

/** What a process wrote down. */
export type Ledgers = readonly Pick<MemberProcess, 'id' | 'executed' | 'outcomes'>[];

/** The key of a piece of work, and how asking for it ended. */
export type Outcome = readonly [key: string, outcome: string];

/** What says that nothing was executed: the code of an answer to a client, and the reasons of calls. */
const NEVER_EXECUTED = new Set(['503', 'REMOTE_NOT_DELIVERED', 'REMOTE_NO_SERVER', 'REMOTE_BEHIND']);

/** What is wrong with what was executed: once is the most, and never or always are known to whoever asked. */
export function wrongExecutions(ledgers: Ledgers, requests: Iterable<Outcome>): string[] {
  const times = new Map<string, number>();
  for (const key of ledgers.flatMap((ledger) => ledger.executed())) times.set(key, (times.get(key) ?? 0) + 1);
  const repeated = [...times].filter(([, count]) => count > 1);
  const outcomes = [...requests, ...ledgers.flatMap((ledger) => ledger.outcomes())];
  return [
    ...repeated.map(([key, count]) => `${key} was executed ${count} times`),
    ...outcomes.flatMap((outcome) => lieIn(outcome, times)),
    ...ledgers.flatMap((ledger) => disorderIn(ledger.id, ledger.executed())),
  ];
}

/** How many calls between servers ended in which way. */
export function callCounts(ledgers: Ledgers): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, outcome] of ledgers.flatMap((ledger) => ledger.outcomes()))
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

function lieIn([key, outcome]: Outcome, times: ReadonlyMap<string, number>): string[] {
  const count = times.get(key) ?? 0;
  if (outcome === 'ok' && count === 0) return [`${key} succeeded and was not executed`];
  if (NEVER_EXECUTED.has(outcome) && count > 0) return [`${key} ended with ${outcome} and was executed`];
  return [];
}

/** Keys of one sender whose numbers do not count up. */
function disorderIn(server: string, keys: readonly string[]): string[] {
  const last = new Map<string, number>();
  const failures: string[] = [];
  for (const key of keys) {
    const space = key.lastIndexOf(' ');
    const [sender, number] = [key.slice(0, space), Number(key.slice(space + 1))];
    const before = last.get(sender) ?? 0;
    if (number <= before) failures.push(`${server} executed ${sender} ${number} after ${before}`);
    last.set(sender, number);
  }
  return failures;
}
