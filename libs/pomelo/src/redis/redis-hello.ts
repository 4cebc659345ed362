import type { Announcement, PeerId } from '../cluster/cluster-driver.interface.js';
import { HelloRound } from './hello-round.js';
import type { RedisChannels } from './redis-channels.js';
import type { RedisPublisher } from './redis-publisher.js';

/** A question is nothing but its number, as u32 big-endian; the answer begins with it. */
const QUESTION_BYTES = 4;
const NOTHING = new Uint8Array();

/** Asks the other servers who they are, and answers when they ask. */
export class RedisHello {
  /** What others are told; nothing until this server has announced itself. */
  announced: Uint8Array = NOTHING;
  private readonly rounds = new Map<number, HelloRound>();
  private lastNumber = 0;

  constructor(
    private readonly channels: RedisChannels,
    private readonly publisher: RedisPublisher,
  ) {}

  /** The last announcement of every other server. Rejects when Redis refused or the connection is lost. */
  async ask(): Promise<readonly Announcement[]> {
    const round = new HelloRound();
    this.lastNumber += 1;
    const number = this.lastNumber;
    this.rounds.set(number, round);
    try {
      const question = Buffer.alloc(QUESTION_BYTES);
      question.writeUInt32BE(number);
      const heard = await this.publisher.ask(this.channels.hello, question);
      // This server heard it, too.
      round.expect(heard - 1);
      return await round.finished;
    } finally {
      round.over();
      this.rounds.delete(number);
    }
  }

  /** Another server asks. */
  answer({ id, inc }: PeerId, question: Buffer): void {
    const bytes = Buffer.concat([question.subarray(0, QUESTION_BYTES), this.announced]);
    this.publisher.publish(this.channels.answers(id, inc), bytes);
  }

  /** Another server answers. */
  answered(from: PeerId, bytes: Buffer): void {
    if (bytes.length < QUESTION_BYTES) return;
    this.rounds.get(bytes.readUInt32BE())?.add(from, bytes.subarray(QUESTION_BYTES));
  }

  /** Nobody waits for answers any more. */
  end(): void {
    for (const round of this.rounds.values()) round.over();
  }
}
