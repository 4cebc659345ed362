import { PomeloClient } from 'nestjs-pomelo-client';
import type { Prng } from '../fuzz/prng.js';
import type { CutLedger } from './cut-ledger.js';

const REQUEST_MS = 60_000;

/** A client whose connections are cut all the time. It numbers what it sends, and looks at the numbers that come back. */
export class CutPlayer {
  private stretch = 1;
  private sent = 0;
  private pushed = 0;
  private open: (() => void) | undefined;
  private waiting: Promise<unknown>[] = [];

  private constructor(
    private readonly player: number,
    private readonly client: PomeloClient,
    private readonly ledger: CutLedger,
    private readonly prng: Prng,
  ) {
    client.on<{ stretch: number; number: number }>('onCount', (push) => this.onPush(push));
    client.events.on('reconnected', ({ recovered }) => this.onBack(recovered));
  }

  /** Connects, as often as it takes. */
  static async arrive(url: string, player: number, ledger: CutLedger, prng: Prng): Promise<CutPlayer> {
    for (;;) {
      try {
        const client = await PomeloClient.connect(url, {
          reconnect: { minDelayMs: 1, maxDelayMs: 2 },
          requestTimeoutMs: REQUEST_MS,
        });
        return new CutPlayer(player, client, ledger, prng);
      } catch {
        // Cut in its first handshake: nothing was promised.
      }
    }
  }

  /** Sends messages until it is told to end, and waits for every answer. */
  async play(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      await this.online();
      const burst = 1 + this.prng.below(6);
      for (let index = 0; index < burst && this.client.state === 'open'; index += 1) this.sendOne();
      if (this.prng.below(3) === 0) await this.answers();
      else await new Promise(setImmediate);
    }
    await this.answers();
  }

  /** What is missing at either end, when nothing is cut any more. */
  async leave(): Promise<void> {
    await this.online();
    this.sendOne(true);
    await this.answers();
    const { taken, pushed } = this.ledger.of({ player: this.player, stretch: this.stretch });
    this.expect(taken, this.sent, 'messages arrived');
    this.expect(this.pushed, pushed, 'pushes came');
    await this.client.close();
  }

  private sendOne(mustAsk = false): void {
    const { player, stretch } = this;
    this.sent += 1;
    const message = { player, stretch, number: this.sent };
    if (!mustAsk && this.prng.below(3) === 0) this.client.notify('count.player.tell', message);
    else this.waiting.push(this.ask(message));
  }

  private async ask(message: { stretch: number; number: number }): Promise<void> {
    try {
      const answer = await this.client.request<number>('count.player.ask', message);
      this.ledger.answers += 1;
      this.expect(answer, message.number, 'is answered');
    } catch (error) {
      // Those of a session that was not kept are rejected.
      if (message.stretch === this.stretch) this.complain(`message ${message.number}: ${String(error)}`);
    }
  }

  private async answers(): Promise<void> {
    const { waiting } = this;
    this.waiting = [];
    await Promise.all(waiting);
  }

  private async online(): Promise<void> {
    while (this.client.state !== 'open') await new Promise<void>((resolve) => (this.open = resolve));
  }

  private onBack(recovered: boolean): void {
    if (recovered) this.ledger.recovered += 1;
    else {
      this.ledger.begun += 1;
      this.stretch += 1;
      this.sent = 0;
      this.pushed = 0;
    }
    this.open?.();
  }

  private onPush({ stretch, number }: { stretch: number; number: number }): void {
    if (stretch !== this.stretch) return;
    this.expect(number, this.pushed + 1, 'is the next push');
    this.pushed = number;
  }

  private expect(value: number, expected: number, what: string): void {
    if (value !== expected) this.complain(`${value} ${what}, not ${expected}`);
  }

  private complain(what: string): void {
    this.ledger.violations.push(`player ${this.player}.${this.stretch}: ${what}`);
  }
}
