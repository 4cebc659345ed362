import { availableParallelism, loadavg } from 'node:os';
import type { Cores } from '../measure/cores.js';

/** What a figure depends on beside the servers. */
export function describeMachine(cores: Cores | undefined): string {
  const load = loadavg()
    .map((value) => value.toFixed(1))
    .join(' ');
  const pinned =
    cores === undefined
      ? 'Server and load share the cores: there are not two, or no taskset.'
      : `Servers on core ${cores.server}, the load on core ${cores.load}.`;
  return `Node ${process.versions.node}, ${availableParallelism()} CPUs, load ${load} before. ${pinned}`;
}

/** The line below the tables. */
export function describeRun(rounds: number, ms: number, isNative: boolean): string {
  const day = new Date().toISOString().slice(0, 10);
  const node = process.versions.node.split('.').slice(0, 2).join('.');
  const cpus = availableParallelism();
  const load = isNative ? ', another load generator' : '';
  return `Medians, least and most of ${rounds} rounds of ${ms} ms, ${day}, Node ${node}, ${cpus} cores${load}.`;
}
