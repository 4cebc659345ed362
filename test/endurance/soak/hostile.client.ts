import { play } from '../sockets/play.js';
import type { ScriptMaker } from '../sockets/script-maker.js';
import type { SoakClient, SoakRecord } from './client.js';

const PERIOD_MS = 1_000;
const PACKAGES = 20;

/** Makes a connection every second, and sends over it what nobody should. */
export class HostileClient implements SoakClient {
  readonly #timer: NodeJS.Timeout;
  readonly #playing = new Set<Promise<void>>();

  constructor(
    private readonly port: number,
    private readonly scripts: ScriptMaker,
    private readonly record: SoakRecord,
  ) {
    this.#timer = setInterval(() => this.#attack(), PERIOD_MS);
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#playing);
  }

  #attack(): void {
    const playing = play(this.scripts.next(PACKAGES), this.port, '127.0.0.2').then(({ forgotten }) => {
      if (forgotten) this.record.fail('a connection was left open');
      this.record.hostilePackages += PACKAGES;
      this.#playing.delete(playing);
    });
    this.#playing.add(playing);
  }
}
