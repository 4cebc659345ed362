import { line, section } from '../fleet/table.js';
import type { Faults } from './faults.js';
import type { PlayRecord } from './record.js';

/** What a run came to. */
export interface Run {
  readonly users: number;
  readonly faults: Faults;
  readonly record: PlayRecord;
  /** How calls between servers ended. */
  readonly calls: ReadonlyMap<string, number>;
  readonly executed: number;
}

/** The table at the end. */
export function tableOf({ users, faults, record, calls, executed }: Run): string {
  return [
    ...section('faults', faults.counts),
    ...section('requests of clients', record.counts()),
    ...section('calls between servers', calls),
    'all in all',
    line('users', users),
    line('logins', record.logins),
    line('of them failed', record.failedLogins),
    line('connections lost', record.losses),
    line('pushes heard', record.pushes),
    line('pieces of work executed', executed),
    line('slowest answer, ms', Math.round(record.slowestMs)),
  ].join('\n');
}
