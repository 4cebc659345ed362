import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { PomeloClient } from 'nestjs-pomelo-client';

const PAUSE_MS = 20;

/** A client that does nothing wrong, and must not notice what others do. */
export class Bystander {
  #answered = 0;
  #slowestMs = 0;
  #isStopped = false;
  #failure: string | undefined;
  readonly #round: Promise<void>;

  private constructor(private readonly client: PomeloClient) {
    this.#round = this.#run();
  }

  /** Connects, and asks for one echo after the other from then on. */
  static async arrive(protocol: 'tcp' | 'ws', port: number): Promise<Bystander> {
    return new Bystander(await PomeloClient.connect({ protocol, host: '127.0.0.1', port }));
  }

  /** Echoes that were answered. */
  get answered(): number {
    return this.#answered;
  }

  /** The slowest of them, in ms. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** What went wrong. */
  get failure(): string | undefined {
    return this.#failure;
  }

  /** Ends it after its last echo. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#round;
    await this.client.close();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#isStopped) {
        await this.#echo();
        await setTimeout(PAUSE_MS);
      }
    } catch (error) {
      this.#failure = `a bystander was not served: ${String(error)}`;
    }
  }

  async #echo(): Promise<void> {
    const question = { text: `question ${this.#answered}` };
    const askedAt = performance.now();
    const answer = await this.client.request('connector.echoHandler.echo', question);
    if (!isDeepStrictEqual(answer, question)) throw new Error(`got ${JSON.stringify(answer)}`);
    this.#slowestMs = Math.max(this.#slowestMs, performance.now() - askedAt);
    this.#answered++;
  }
}
