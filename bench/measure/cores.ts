import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Where servers and load run. */
export interface Cores {
  readonly server: number;
  readonly load: number;
}

/** Two cores of this machine; `undefined` when there are not two, or there is no `taskset` to choose them with. */
export function twoCores(): Cores | undefined {
  const [server, load] = allowedCores();
  const hasTaskset = spawnSync('taskset', ['--version']).status === 0;
  return server === undefined || load === undefined || !hasTaskset ? undefined : { server, load };
}

/** For example `0-2,5` is four of them. */
function allowedCores(): number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  const [, list = ''] = /^Cpus_allowed_list:\s+(\S+)$/m.exec(status) ?? [];
  return list.split(',').flatMap((range) => {
    const [from, to = from] = range.split('-').map(Number);
    return from === undefined || to === undefined
      ? []
      : Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
