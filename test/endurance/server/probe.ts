import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { ProbeQuestion, ServerSample } from './probe-messages.js';

/** Loaded into a server before its own program: answers questions about the process, and ends it with its parent. */
const RESOLUTION_MS = 5;

const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delays.enable();

const refusals: Record<string, number> = {};
subscribe('nestjs-pomelo:reject', (event) => {
  // The boundary to a channel, which has no type.
  const { reason } = event as { readonly reason: string };
  refusals[reason] = (refusals[reason] ?? 0) + 1;
});

process.on('message', ({ collect }: ProbeQuestion) => {
  if (collect) globalThis.gc?.();
  process.send?.(sample());
});
process.once('disconnect', () => process.exit(1));
// Nothing that is asked keeps a server alive that wants to end.
process.channel?.unref();

function sample(): ServerSample {
  const { rss, heapUsed } = process.memoryUsage();
  // The monitor counts the time between two of its turns, its own interval included.
  const delayP99Ms = Math.max(0, delays.percentile(99) / 1e6 - RESOLUTION_MS);
  const resources = process.getActiveResourcesInfo().toSorted(compare);
  return { rss, heapUsed, delayP99Ms, refusals, resources };
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
