import { setTimeout as delay } from 'node:timers/promises';
import type { RunningServer } from '../servers/running-server.js';
import { BenchProcess } from '../process/bench-process.js';
import type { LoadApi, LoadResult, LoadTask } from './load-task.js';

/** What a load cost the server. */
export interface MeasuredLoad extends LoadResult {
  /** CPU time of the server for one operation, user and system, in microseconds. */
  readonly cpuMicros: number;
}

/** Puts load on servers. */
export interface LoadGenerator {
  /** Warms the server up, and then measures for `ms`. */
  measure(server: RunningServer, task: LoadTask, ms: number): Promise<MeasuredLoad>;
}

/** A server that does not answer must not stop everything for good. */
const PATIENCE_MS = 60_000;

/** As a part of what is measured. */
const WARM_UP = 0.4;

/** The generator of this folder. */
export class OwnGenerator implements LoadGenerator {
  private constructor(private readonly process: BenchProcess<LoadApi>) {}

  /** Starts it, on a core of its own if there is one. */
  static async start(core: number | undefined): Promise<OwnGenerator> {
    return new OwnGenerator(await BenchProcess.start<LoadApi>('load/load.process', {}, { core }));
  }

  async measure(server: RunningServer, task: LoadTask, ms: number): Promise<MeasuredLoad> {
    await this.open(server, task);
    await this.run(ms * WARM_UP);
    // Nothing is in flight before and after: every operation is counted with all that it costs.
    const before = await server.ask('cpuMicros');
    const result = await this.run(ms);
    const after = await server.ask('cpuMicros');
    await this.close();
    return measuredLoad(result, after - before);
  }

  /** Connects the clients of a load, and waits until all are let in. */
  open(server: RunningServer, task: LoadTask): Promise<void> {
    return patiently(this.process.ask('open', server.target, task), 'nobody lets the clients in');
  }

  /** Lets them work for so long, in ms, and until nothing is in flight. */
  run(ms: number): Promise<LoadResult> {
    return patiently(this.process.ask('run', ms), 'answers are missing');
  }

  /** Disconnects them. */
  close(): Promise<void> {
    return this.process.ask('close');
  }

  stop(): Promise<void> {
    return this.process.stop();
  }
}

/** Shares the CPU time out. Throws when nothing happened: no figure is better than one of nothing. */
export function measuredLoad(result: LoadResult, cpuMicros: number): MeasuredLoad {
  if (result.operations === 0) throw new Error('nothing was answered in the time that was given');
  return { ...result, cpuMicros: cpuMicros / result.operations };
}

async function patiently<T>(wanted: Promise<T>, otherwise: string): Promise<T> {
  const timer = new AbortController();
  const tooLate = delay(PATIENCE_MS, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${otherwise}, after ${PATIENCE_MS / 1000} s`);
  });
  try {
    return await Promise.race([wanted, tooLate]);
  } finally {
    timer.abort();
    tooLate.catch(() => {});
  }
}
