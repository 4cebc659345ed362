import { Prng } from '../../fuzz/prng.js';
import { ScriptMaker } from '../sockets/script-maker.js';
import type { SoakClient, SoakRecord } from './client.js';
import { HostileClient } from './hostile.client.js';
import { SlowClient } from './slow.client.js';
import { SteadyClient } from './steady.client.js';

const CHURN_EVERY_MS = 1_000;
const CHURN_SHARE = 0.01;
const ARRIVALS_AT_A_TIME = 20;

/** The clients of a soak: of a hundred one is hostile, ten read slowly, and the others want to be served. */
export class Population {
  readonly #clients: SoakClient[] = [];
  readonly #prng: Prng;
  readonly #scripts: ScriptMaker;
  #timer: NodeJS.Timeout | undefined;
  #churning: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly port: number,
    private readonly size: number,
    seed: number,
    private readonly record: SoakRecord,
  ) {
    this.#prng = Prng.for(seed, 'population');
    this.#scripts = new ScriptMaker(seed);
  }

  /** All of them connect; from then on one of a hundred leaves every second, and another one comes for it. */
  async arrive(): Promise<void> {
    const places = Array.from({ length: this.size }, (_, place) => place).values();
    const lane = async (): Promise<void> => {
      for (const place of places) this.#clients[place] = await this.#newClient(place);
    };
    await Promise.all(Array.from({ length: ARRIVALS_AT_A_TIME }, lane));
    this.#timer = setInterval(() => this.#churn(), CHURN_EVERY_MS);
  }

  /** All of them leave. */
  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#churning;
    await Promise.all(this.#clients.map((client) => client.leave()));
  }

  #churn(): void {
    const count = Math.max(1, Math.round(this.size * CHURN_SHARE));
    const places = new Set(Array.from({ length: count }, () => this.#prng.below(this.size)));
    const replace = async (place: number): Promise<void> => {
      await this.#clients[place]?.leave();
      this.#clients[place] = await this.#newClient(place);
      this.record.left++;
    };
    this.#churning = this.#churning
      .then(() => Promise.all(Array.from(places, replace)))
      .catch((error: unknown) => this.record.fail(`a client did not get in: ${String(error)}`));
  }

  async #newClient(place: number): Promise<SoakClient> {
    const kind = place % 100;
    if (kind === 0) return new HostileClient(this.port, this.#scripts, this.record);
    if (kind <= 10) return SlowClient.arrive(this.port);
    return SteadyClient.arrive(place % 2 === 0 ? 'tcp' : 'ws', this.port, this.record);
  }
}
