import { LightClient, type Transport } from './light-client.js';

/** Who is not working by then will not be, in ms. */
const GIVE_UP_MS = 60_000;

/** Which clients a fleet has. */
export interface FleetOrder {
  readonly port: number;
  readonly transport: Transport;
  readonly count: number;
}

/** Clients that all come in the same moment, and stay. */
export class Fleet {
  private constructor(
    /** All of them, also those that failed. */
    readonly clients: readonly LightClient[],
    /** Why those that are not working are not. */
    readonly failures: readonly unknown[],
    /** Time until the last of them was working, in ms. */
    readonly workingMs: number,
  ) {}

  /** Opens all connections in one turn; fulfils when every client is working or has failed. */
  static async open({ port, transport, count }: FleetOrder): Promise<Fleet> {
    const startedAt = performance.now();
    const clients = Array.from({ length: count }, () => new LightClient(port, transport));
    const timer = setTimeout(() => {
      for (const client of clients) if (!client.isWorking) client.fail(new Error('not working in time'));
    }, GIVE_UP_MS);
    const outcomes = await Promise.allSettled(clients.map(({ working }) => working));
    clearTimeout(timer);
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []));
    return new Fleet(clients, failures, performance.now() - startedAt);
  }

  /** Those that are not connected, or not any more. */
  get missing(): number {
    return this.clients.filter(({ isOpen }) => !isOpen).length;
  }

  /** The first failure, for people. */
  get firstFailure(): string | undefined {
    return this.failures.length === 0 ? undefined : String(this.failures[0]);
  }

  /** Resets every connection, in one turn. */
  reset(): void {
    for (const client of this.clients) client.reset();
  }
}
