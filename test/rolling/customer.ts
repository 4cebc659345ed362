import { PomeloClient, PomeloClientError, type TransportFactory } from 'nestjs-pomelo-client';
import { setTimeout as delay } from 'node:timers/promises';
import type { RollingRecord } from './record.js';

/** Somebody else decides where the connection goes. */
const ANYWHERE = { protocol: 'tcp', host: '127.0.0.1', port: 1 } as const;
/** Work takes up to so long, in ms: some of it is in flight whenever a server stops. */
const LONGEST_WORK_MS = 50;
/** Longer than a server may take to answer. */
const HUNG_MS = 30_000;
const AGAIN_MS = 50;
/** Executed for certain, or perhaps: not to be asked for again. */
const FINAL = new Set(['ok', '504', 'TIMEOUT']);

/** A user with one client, which comes back by itself. What it orders is asked for in order, one after the other. */
export class Customer {
  isOnline = false;
  private number = 0;
  private line = Promise.resolve();
  private isLeaving = false;
  private readonly waiting: (() => void)[] = [];

  private constructor(
    private readonly uid: string,
    private readonly client: PomeloClient,
    private readonly record: RollingRecord,
  ) {
    client.events.on('reconnecting', ({ attempt }) => this.lost(attempt));
    client.events.on('reconnected', () => void this.logIn());
    client.events.on('close', ({ reason }) => {
      if (!this.isLeaving) record.fail(`${uid} was sent away for good: ${reason}`);
    });
  }

  /** Connects and logs in. */
  static async arrive(uid: string, transport: TransportFactory, record: RollingRecord): Promise<Customer> {
    const options = { transport, reconnect: true, requestTimeoutMs: HUNG_MS };
    const customer = new Customer(uid, await PomeloClient.connect(ANYWHERE, options), record);
    await customer.logIn();
    return customer;
  }

  /** Asks for one more piece of work, once all before it are done. */
  order(): void {
    this.number += 1;
    const { number } = this;
    this.line = this.line.then(() => this.complete(number));
  }

  /** Waits until all that it has ordered is done, and leaves. */
  async leave(): Promise<void> {
    await this.line;
    this.isLeaving = true;
    await this.client.close();
  }

  /** Asks with the same key until it is executed. */
  private async complete(number: number): Promise<void> {
    const key = `${this.uid} ${number}`;
    const startedAt = performance.now();
    let outcome = '';
    while (!FINAL.has(outcome)) {
      if (outcome !== '') {
        this.record.repeat(outcome);
        await delay(AGAIN_MS);
      }
      await this.online();
      outcome = await this.ask('chat.room.run', { key, ms: number % LONGEST_WORK_MS });
    }
    this.record.outcomes.set(key, outcome);
    this.record.slowestMs = Math.max(this.record.slowestMs, performance.now() - startedAt);
    if (outcome !== 'ok') this.record.fail(`${key} ended with ${outcome}`);
  }

  /** `ok`, the code of the answer, or why there is none. */
  private async ask(route: string, body: object): Promise<string> {
    try {
      const answer = await this.client.request<{ code?: number }>(route, body, { errors: 'return' });
      return String(answer.code ?? 'ok');
    } catch (error) {
      return error instanceof PomeloClientError ? error.code : String(error);
    }
  }

  private lost(attempt: number): void {
    this.isOnline = false;
    if (attempt === 1) this.record.losses += 1;
  }

  private async logIn(): Promise<void> {
    let outcome = '';
    while (outcome !== 'ok' && this.client.state === 'open') {
      if (outcome !== '') await delay(AGAIN_MS);
      outcome = await this.ask('connector.entry.enter', { uid: this.uid });
    }
    if (outcome !== 'ok') return; // It was lost again.
    this.isOnline = true;
    this.record.lastLoginAt = performance.now();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private async online(): Promise<void> {
    while (!this.isOnline) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
