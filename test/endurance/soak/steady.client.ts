import { isDeepStrictEqual } from 'node:util';
import { PomeloClient } from 'nestjs-pomelo-client';
import type { SoakClient, SoakRecord } from './client.js';

const PERIOD_MS = 1_000;

/** Asks for an echo every second, and must get it. */
export class SteadyClient implements SoakClient {
  #asked = 0;
  #isLeaving = false;
  readonly #timer: NodeJS.Timeout;

  private constructor(
    private readonly client: PomeloClient,
    private readonly record: SoakRecord,
  ) {
    this.#timer = setInterval(() => void this.#ask(), PERIOD_MS);
    client.events.on('close', ({ reason }) => {
      if (!this.#isLeaving) record.fail(`a client was closed: ${reason}`);
    });
  }

  /** Connects. */
  static async arrive(protocol: 'tcp' | 'ws', port: number, record: SoakRecord): Promise<SteadyClient> {
    return new SteadyClient(await PomeloClient.connect({ protocol, host: '127.0.0.1', port }), record);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    clearInterval(this.#timer);
    await this.client.close();
  }

  async #ask(): Promise<void> {
    const askedAt = performance.now();
    const question = { number: this.#asked++, text: 'soak' };
    try {
      const answer = await this.client.request('connector.echoHandler.echo', question);
      if (isDeepStrictEqual(answer, question)) this.record.answer(askedAt);
      else this.record.fail('an echo was not what was said');
    } catch (error) {
      if (!this.#isLeaving) this.record.fail(`an echo was not answered: ${String(error)}`);
    }
  }
}
