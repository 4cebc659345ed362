import { Logger } from '@nestjs/common';
import type { ClientSocket, MessageKind } from '../connectors/connector.interface.js';
import { describeError } from '../errors/describe-error.js';
import { synchronous } from '../errors/synchronous.js';
import type { PushOptions, PushScheduler, ScheduledMessage } from './push-scheduler.js';

/** Hands every message to its connection at once; the connection joins what one turn sends. */
class DirectScheduler implements PushScheduler {
  schedule(client: ClientSocket, message: Buffer, kind: MessageKind): boolean {
    return client.send(message, kind) !== false;
  }
  flush(): void {}
  forget(): void {}
  stop(): void {}
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
  private readonly waiting = new Map<ClientSocket, WaitingMessages>();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly intervalMs: number,
    private readonly maxWaitingBytes: number,
  ) {}

  schedule(client: ClientSocket, message: Buffer): boolean {
    let queue = this.waiting.get(client);
    if (queue === undefined) {
      queue = { messages: [], bytes: 0 };
      this.waiting.set(client, queue);
    }
    queue.messages.push(message);
    queue.bytes += message.length;
    if (queue.bytes >= this.maxWaitingBytes) this.flush(client);
    else this.timer ??= setTimeout(() => this.flushAll(), this.intervalMs);
    return true;
  }

  flush(client: ClientSocket): void {
    const messages = this.waiting.get(client)?.messages;
    if (messages === undefined) return;
    this.waiting.delete(client);
    if (client.sendBatch !== undefined) client.sendBatch(messages);
    else for (const message of messages) client.send(message, 'push');
  }

  forget(client: ClientSocket): void {
    this.waiting.delete(client);
  }

  stop(): void {
    clearTimeout(this.timer);
    this.flushAll();
  }

  private flushAll(): void {
    this.timer = undefined;
    for (const client of this.waiting.keys()) this.flush(client);
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
    this.buffered.flush(client);
    return client.send(message, kind) !== false;
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

/** Makes the scheduler that the options ask for. It keeps less than `maxWaitingBytes` for each client. */
export function createPushScheduler(options: PushOptions, maxWaitingBytes: number): PushScheduler {
  const { select, scheduler, flushIntervalMs = 20 } = options;
  if (select === undefined && scheduler !== 'buffered') return new DirectScheduler();
  const buffered = new BufferedScheduler(flushIntervalMs, maxWaitingBytes);
  return select === undefined ? buffered : new SelectingScheduler(select, buffered);
}
