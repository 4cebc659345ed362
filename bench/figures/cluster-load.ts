import type { Outcome } from '#built/fleet/ledgers.js';
import { PomeloClientError, type PomeloClient } from 'nestjs-pomelo-client';

/** One request and how it ended. */
export interface Asked {
  readonly key: string;
  /** Times of {@link performance.now}. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** `ok`, the code of the answer, or why there was none. */
  readonly outcome: string;
}

/** Requests for work behind the broker, at a steady pace: none waits for the one before. */
export class ClusterLoad {
  readonly asked: Asked[] = [];
  private readonly open = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;
  private number = 0;

  constructor(
    private readonly clients: readonly PomeloClient[],
    everyMs: number,
  ) {
    this.timer = setInterval(() => this.askNext(), everyMs);
  }

  /** Requests that have not ended. */
  get inFlight(): number {
    return this.open.size;
  }

  /** The requests that began in this time; those that have ended. */
  begunWithin(from: number, to: number): Asked[] {
    return this.asked.filter(({ startedAt }) => startedAt >= from && startedAt < to);
  }

  /** How every request ended, by its key. */
  outcomes(): Outcome[] {
    return this.asked.map(({ key, outcome }) => [key, outcome]);
  }

  /** Asks for nothing more, and waits until everything has ended. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  private askNext(): void {
    this.number += 1;
    const index = this.number % this.clients.length;
    const client = this.clients[index];
    if (client === undefined) return;
    const asking = this.ask(client, `client${index} ${this.number}`);
    this.open.add(asking);
    void asking.finally(() => this.open.delete(asking));
  }

  private async ask(client: PomeloClient, key: string): Promise<void> {
    const startedAt = performance.now();
    const outcome = await outcomeOf(client, 'chat.room.run', { key });
    this.asked.push({ key, startedAt, endedAt: performance.now(), outcome });
  }
}

/** `ok`, the code of the answer, or why there is none. */
export async function outcomeOf(client: PomeloClient, route: string, body: object): Promise<string> {
  try {
    const { code } = await client.request<{ code?: number }>(route, body);
    return String(code ?? 'ok');
  } catch (error) {
    return error instanceof PomeloClientError ? error.code : String(error);
  }
}

/** How many ended so. */
export function countOf(asked: readonly Asked[], outcome: string): number {
  return asked.filter((one) => one.outcome === outcome).length;
}

/** The longest that one of them took, in s; 0 when there are none. */
export function longestSeconds(asked: readonly Asked[]): number {
  return Math.max(0, ...asked.map(({ startedAt, endedAt }) => endedAt - startedAt)) / 1000;
}
