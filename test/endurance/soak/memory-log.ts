import type { ServerSample } from '../server/probe-messages.js';
import type { ServerProcess } from '../server/server-process.js';
import type { MemoryPoint } from './growth.js';

const EVERY_MS = 1_000;

/** The memory of the server, second for second. */
export class MemoryLog {
  readonly points: MemoryPoint[] = [];
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> = Promise.resolve();

  constructor(private readonly server: ServerProcess) {
    this.#timer = setInterval(() => (this.#asking = this.#ask()), EVERY_MS);
  }

  /** Ends it; gives the last sample. */
  async stop(): Promise<ServerSample> {
    clearInterval(this.#timer);
    await this.#asking;
    return this.server.ask({ collect: false });
  }

  async #ask(): Promise<void> {
    // A server that is gone is noticed elsewhere.
    const sample = await this.server.ask({ collect: false }).catch(() => undefined);
    if (sample !== undefined) this.points.push({ at: performance.now(), rss: sample.rss });
  }
}
