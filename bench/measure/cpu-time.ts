import { readFileSync } from 'node:fs';

/** The unit of Linux for it, whatever the kernel counts in. */
const MICROS_PER_TICK = 10_000;
/** Places of user and system time behind the name of the program. */
const USER = 11;
const SYSTEM = 12;

/** CPU time that processes have used so far, user and system, in microseconds; it grows in steps of 10 ms. */
export function cpuMicros(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + ticksOf(pid), 0) * MICROS_PER_TICK;
}

function ticksOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[USER]) + Number(fields[SYSTEM]);
}
