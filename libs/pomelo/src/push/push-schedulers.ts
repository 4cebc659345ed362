import { Logger } from '@nestjs/common';
import type { ClientSocket, MessageKind } from '../connectors/connector.interface.js';
import { describeError } from '../errors/describe-error.js';
import { synchronous } from '../errors/synchronous.js';
import type { MessageCounters } from '../connectors/bound-connector.js';
import type { PomeloLimits } from '../options/limits.js';
import type { PushOptions, PushScheduler, ScheduledMessage } from './push-scheduler.js';
import type { TermedPush } from './waiting-pushes.js';
import { sendAll, WaitingRoom, type OfferedFate } from './waiting-room.js';

/** Hands every message to its connection at once; the connection joins what one turn sends. */
class DirectScheduler implements PushScheduler {
  constructor(private readonly room: WaitingRoom) {}

  schedule(client: ClientSocket, message: Buffer, kind: MessageKind): boolean {
    return client.send(message, kind) !== false;
  }
  offer(client: ClientSocket, push: TermedPush): OfferedFate {
    return this.room.offer(client, push);
  }
  flush(client: ClientSocket): void {
    this.room.flush(client);
  }
  forget(client: ClientSocket): void {
    this.room.forget(client);
  }
  stop(): void {
    this.room.flushAll();
  }
}

/** What waits for one client. */
interface WaitingMessages {
  readonly messages: Buffer[];
  bytes: number;
}

/**
 * Collects the messages of each client and sends them together, every interval. Whoever has more bytes waiting gets them
 * sooner, so that they count towards the limits of the connection.
 */
class BufferedScheduler implements PushScheduler {
  /** What is sent on terms: behind what is collected. */
  readonly room: WaitingRoom;
  private readonly waiting = new Map<ClientSocket, WaitingMessages>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly limits: Readonly<PomeloLimits>,
    private readonly counters: MessageCounters,
  ) {
    this.room = new WaitingRoom(limits, counters, (client) => this.sendCollected(client));
  }

  schedule(client: ClientSocket, message: Buffer): boolean {
    let queue = this.waiting.get(client);
    if (queue === undefined) {
      queue = { messages: [], bytes: 0 };
      this.waiting.set(client, queue);
    }
    queue.messages.push(message);
    queue.bytes += message.length;
    if (queue.bytes >= this.limits.writeBufferSoftBytes) this.sendCollected(client);
    else this.startTimer();
    return true;
  }

  /** Kept for the interval also for a client that is not behind: the next one may replace it. */
  offer(client: ClientSocket, push: TermedPush): OfferedFate {
    if (!this.room.admits(client, push.terms)) return 'declined';
    if (push.terms.volatile) {
      this.counters.pushes += 1;
      this.schedule(client, push.message);
    } else {
      this.room.keep(client, push);
      this.startTimer();
    }
    return 'taken';
  }

  /** Sends what is collected for a client. */
  sendCollected(client: ClientSocket): void {
    const messages = this.waiting.get(client)?.messages;
    if (messages === undefined) return;
    this.waiting.delete(client);
    sendAll(client, messages);
  }

  flush(client: ClientSocket): void {
    this.sendCollected(client);
    this.room.flush(client);
  }

  forget(client: ClientSocket): void {
    this.waiting.delete(client);
    this.room.forget(client);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.sendAllCollected();
    this.room.flushAll();
  }

  private startTimer(): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      this.sendAllCollected();
      this.room.sendDue();
    }, this.intervalMs);
  }

  private sendAllCollected(): void {
    for (const client of this.waiting.keys()) this.sendCollected(client);
  }
}

/** Asks the application for each message. A direct message first sends what is buffered for its client, so order holds. */
class SelectingScheduler implements PushScheduler {
  private readonly logger = new Logger('Pomelo');

  constructor(
    private readonly select: NonNullable<PushOptions['select']>,
    private readonly buffered: BufferedScheduler,
  ) {}

  schedule(client: ClientSocket, message: Buffer, kind: MessageKind, route: string, hint?: unknown): boolean {
    if (this.choose({ kind, route, hint }) === 'buffered') return this.buffered.schedule(client, message);
    this.buffered.sendCollected(client);
    return client.send(message, kind) !== false;
  }
  offer(client: ClientSocket, push: TermedPush): OfferedFate {
    const isBuffered = this.choose(push) === 'buffered';
    return isBuffered ? this.buffered.offer(client, push) : this.buffered.room.offer(client, push);
  }
  flush(client: ClientSocket): void {
    this.buffered.flush(client);
  }
  forget(client: ClientSocket): void {
    this.buffered.forget(client);
  }
  stop(): void {
    this.buffered.stop();
  }

  /** A selector that fails costs nobody a message. */
  private choose(about: ScheduledMessage): 'direct' | 'buffered' {
    try {
      return synchronous('push.select', this.select(about));
    } catch (error) {
      this.logger.error(`push.select failed for {${JSON.stringify(about.route)}}: ${describeError(error)}`);
      return 'direct';
    }
  }
}

/** Makes the scheduler that the options ask for, for the clients of one connector. */
export function createPushScheduler(
  options: PushOptions,
  limits: Readonly<PomeloLimits>,
  counters: MessageCounters,
): PushScheduler {
  const { select, scheduler, flushIntervalMs = 20 } = options;
  if (select === undefined && scheduler !== 'buffered')
    return new DirectScheduler(new WaitingRoom(limits, counters, () => {}));
  const buffered = new BufferedScheduler(flushIntervalMs, limits, counters);
  return select === undefined ? buffered : new SelectingScheduler(select, buffered);
}
