import { percentile } from '../../figures/percentile.js';
import { serveParent } from '../../process/serve-parent.js';

/** What is asked of an engine. */
export interface Load {
  /** Operations that run at a time: each begins when the one before it has ended. */
  readonly inFlight: number;
  /** Size of a request and of its answer. */
  readonly bytes: number;
  /** How long new ones begin, in ms. */
  readonly ms: number;
}

/** What the engine did. */
export interface LoadResult {
  readonly operations: number;
  /** Until the last one ended. */
  readonly seconds: number;
  /** Median time of one operation, in microseconds. */
  readonly rttMicros: number;
}

/** The process that asks. */
export interface LoadApi {
  run(load: Load): Promise<LoadResult>;
}

/** Sends a body to the other side and gives what came back. */
export type Echo = (body: Buffer) => Promise<{ readonly length: number }>;

/** Lets the parent put load on an engine. */
export function serveLoad(echo: Echo): void {
  serveParent<LoadApi>({ run: (load) => runLoad(echo, load) });
}

async function runLoad(echo: Echo, { inFlight, bytes, ms }: Load): Promise<LoadResult> {
  const body = Buffer.alloc(bytes, 'x');
  const trips: number[] = [];
  let operations = 0;
  const startedAt = performance.now();
  const endsAt = startedAt + ms;
  const lane = async (_value: unknown, index: number): Promise<void> => {
    let sentAt = performance.now();
    while (sentAt < endsAt) {
      const { length } = await echo(body);
      if (length !== bytes) throw new Error(`${bytes} bytes came back as ${length}`);
      operations += 1;
      const now = performance.now();
      // One of them says how long it takes: to remember all would cost more than some engines do.
      if (index === 0) trips.push(now - sentAt);
      sentAt = now;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const seconds = (performance.now() - startedAt) / 1000;
  return { operations, seconds, rttMicros: percentile(trips, 0.5) * 1000 };
}
