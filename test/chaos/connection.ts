import { PomeloClient, PomeloClientError, type TransportFactory } from 'nestjs-pomelo-client';
import type { Said } from '../cluster/processes/room.handler.js';
import { REQUEST_MS } from './settings.js';
import type { PlayRecord } from './record.js';

/** A request that has no answer then hangs: its own time, the longest freeze, and time for a busy machine. */
const HUNG_MS = 4 * REQUEST_MS;

let connections = 0;

/** One connection of a player, and what comes over it. */
export class Connection {
  /** Of the session, once it has logged in. */
  session: string | undefined;
  isOpen = true;
  private readonly heard = new Map<string, number>();
  private readonly name = `client${++connections}`;
  private number = 0;
  private isLeaving = false;

  private constructor(
    private readonly client: PomeloClient,
    private readonly record: PlayRecord,
  ) {
    client.events.on('close', () => {
      this.isOpen = false;
      if (!this.isLeaving) record.losses += 1;
    });
    client.on<Said>('onSaid', (said) => this.hear(said));
  }

  /** Connects; undefined when that fails. */
  static async open(
    port: number,
    record: PlayRecord,
    transport: TransportFactory,
  ): Promise<Connection | undefined> {
    try {
      const client = await PomeloClient.connect(
        { protocol: 'tcp', host: '127.0.0.1', port },
        { transport, requestTimeoutMs: HUNG_MS, timeoutMs: HUNG_MS },
      );
      return new Connection(client, record);
    } catch {
      return undefined;
    }
  }

  /** Binds a user; whether that was done. */
  async logIn(uid: string): Promise<boolean> {
    this.record.logins += 1;
    const [outcome, answer] = await this.ask('connector.entry.enter', { uid });
    if (outcome === 'ok') this.session = (answer as { session: string }).session;
    else this.record.failedLogins += 1;
    return outcome === 'ok';
  }

  /** Asks for one piece of work, and writes down how that ended. */
  async work(route: string): Promise<void> {
    this.number += 1;
    const key = `${this.name} ${this.number}`;
    const [outcome, answer] = await this.ask(route, { key });
    if (outcome === 'ok' && (answer as { key: string }).key !== key)
      this.record.fail(`${key} got the answer of another request`);
    this.record.outcomes.set(key, outcome);
  }

  async close(): Promise<void> {
    this.isLeaving = true;
    await this.client.close();
  }

  private async ask(route: string, body: object): Promise<[outcome: string, answer?: unknown]> {
    const askedAt = performance.now();
    try {
      const answer = await this.client.request<{ code?: number }>(route, body, { errors: 'return' });
      return [String(answer.code ?? 'ok'), answer];
    } catch (error) {
      const reason = error instanceof PomeloClientError ? error.code : String(error);
      if (reason === 'TIMEOUT') this.record.fail(`${route} was not answered, and its connection not closed`);
      return [reason];
    } finally {
      this.record.slowestMs = Math.max(this.record.slowestMs, performance.now() - askedAt);
    }
  }

  private hear({ by, number }: Said): void {
    this.record.pushes += 1;
    const last = this.heard.get(by) ?? 0;
    if (number <= last) this.record.fail(`${this.name} heard ${by} say ${number} after ${last}`);
    this.heard.set(by, number);
  }
}
