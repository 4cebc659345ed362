import { Fleet, type FleetOrder } from './fleet.js';
import type { Figure } from './figure.js';
import { liveBytes } from './live-memory.js';
import { forgetPeak, peakBytes } from './process-status.js';
import type { ServerProcess } from './server-process.js';

/** Those that read the same before, so that the server has warmed up: more would leave room in its heap for the slow ones. */
const READERS = 4;
/** Fewer weigh less than garbage that has not been collected yet. */
const ENOUGH_TO_WEIGH = 32;
const MEBIBYTE = 1024 * 1024;
/** `limits.writeBufferHardBytes`, and what is around it. */
const TARGET_MIB = 4.5;

/** What the peers of a fleet have to read. */
export interface SlowLoad {
  /** Gives it to peers that read it; fulfils when they have. */
  read(fleet: Fleet): Promise<void>;
  /** Gives it to peers that do not; fulfils with the number of those that the server has not ended. */
  miss(fleet: Fleet): Promise<number>;
}

/** What a peer that does not read costs: the peak of the server, over what it has once others have read the same. */
export async function weighSlowPeers(
  server: ServerProcess,
  { transport, count }: Pick<FleetOrder, 'transport' | 'count'>,
  load: SlowLoad,
): Promise<Figure> {
  const { port, pid } = server;
  const readers = await open({ port, transport, count: READERS });
  await load.read(readers);
  readers.reset();
  const slow = await open({ port, transport, count });
  const before = await liveBytes(server);
  forgetPeak(pid);
  const left = await load.miss(slow);
  const mib = (peakBytes(pid) - before) / count / MEBIBYTE;
  slow.reset();
  const atMost = count >= ENOUGH_TO_WEIGH ? TARGET_MIB : undefined;
  return {
    measures: [
      { what: 'slow', value: count },
      { what: 'each costs', value: mib, unit: 'MiB', atMost },
      { what: 'not dropped', value: left, atMost: 0 },
    ],
  };
}

async function open(order: FleetOrder): Promise<Fleet> {
  const fleet = await Fleet.open(order);
  if (fleet.firstFailure !== undefined) throw new Error(fleet.firstFailure);
  return fleet;
}
