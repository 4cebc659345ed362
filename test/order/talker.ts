import { PomeloClient } from 'nestjs-pomelo-client';
import type { Said } from '../cluster/processes/room.handler.js';
import type { Prng } from '../fuzz/prng.js';
import type { TalkRecord } from './record.js';

/** Messages of one row that wait for their answers at a time. */
const AT_ONCE = 8;
/** How long a handler takes at most, in ms. */
const LONGEST_MS = 4;
/** One of so many messages is a push to a room, and one of so many a notify. */
const PUSH_OF = 24;
const NOTIFY_OF = 4;

/** A client that counts in three rows at once, as fast as the answers come. */
export class Talker {
  /** Messages of the row whose order the ledgers show. */
  sent = 0;
  private readonly heard = new Map<string, number>();
  private isOver = false;

  private constructor(
    readonly name: string,
    private readonly client: PomeloClient,
    private readonly prng: Prng,
    private readonly record: TalkRecord,
  ) {
    client.on<Said>('onSaid', (said) => this.hear(said));
    client.events.on('close', ({ reason }) => {
      if (!this.isOver) record.fail(`${name} was closed: ${reason}`);
    });
  }

  static async connect(name: string, port: number, prng: Prng, record: TalkRecord): Promise<Talker> {
    const url = `${prng.pick(['tcp', 'ws'])}://127.0.0.1:${port}`;
    const client = await PomeloClient.connect(url, { requestTimeoutMs: 60_000 });
    // Rooms have users.
    await client.request('connector.entry.enter', { uid: name });
    return new Talker(name, client, prng, record);
  }

  /** Talks until the time is over, and until all is answered. */
  async talk(endsAt: number): Promise<void> {
    const ordered = new Row('ordered', () => this.prng.pick(['chat.line.next', 'connector.line.next']));
    const serial = new Row('serial', () => 'chat.line.serial');
    const lanes = [() => this.work(), () => this.count(ordered), () => this.count(serial)];
    const repeat = async (lane: () => Promise<void>): Promise<void> => {
      while (performance.now() < endsAt && this.record.failures.size === 0) await lane();
    };
    await Promise.all(lanes.flatMap((lane) => Array.from({ length: AT_ONCE }, () => repeat(lane))));
    // What was only told before has arrived when this is answered.
    await this.work(false);
  }

  async leave(): Promise<void> {
    this.isOver = true;
    await this.client.close();
  }

  private async work(mayNotify = true): Promise<void> {
    this.sent += 1;
    this.record.messages += 1;
    const key = `${this.name} ${this.sent}`;
    const body = { key, ms: this.prng.below(LONGEST_MS) };
    const isPush = this.prng.below(PUSH_OF) === 0;
    if (mayNotify && !isPush && this.prng.below(NOTIFY_OF) === 0) this.client.notify('chat.room.run', body);
    else await this.ask(isPush ? 'chat.room.say' : 'chat.room.run', body);
  }

  /** The next number of a row, which must be answered after the one before. */
  private async count(row: Row): Promise<void> {
    const n = ++row.asked;
    const answer = await this.ask(row.route(), { n, ms: this.prng.below(LONGEST_MS) });
    if (answer === undefined) return;
    this.record[row.name] += 1;
    if (row.answered !== n - 1)
      this.record.fail(`${this.name} got the answer ${n} of ${row.name} after ${row.answered}`);
    row.answered = n;
  }

  private async ask(route: string, body: object): Promise<unknown> {
    try {
      return await this.client.request(route, body);
    } catch (error) {
      this.record.fail(`${this.name} asked for ${route} ${JSON.stringify(body)}: ${String(error)}`);
      return undefined;
    }
  }

  private hear({ by, number }: Said): void {
    this.record.pushes += 1;
    const last = this.heard.get(by) ?? number - 1;
    if (number !== last + 1) this.record.fail(`${this.name} heard ${by} say ${number} after ${last}`);
    this.heard.set(by, number);
  }
}

/** Numbers that must be answered one after another. */
class Row {
  asked = 0;
  answered = 0;

  constructor(
    readonly name: 'ordered' | 'serial',
    readonly route: () => string,
  ) {}
}
