import type { MessageCounters } from '../connectors/bound-connector.js';
import type { ClientSocket } from '../connectors/connector.interface.js';
import type { PomeloLimits } from '../options/limits.js';
import type { PushTerms } from './push-terms.js';
import { WaitingPushes, type TermedPush } from './waiting-pushes.js';

/** What became of a push on terms: sent or kept, not sent as its terms say, or known not to arrive. */
export type OfferedFate = 'taken' | 'declined' | 'lost';

/** The limits of {@link WaitingRoom}. */
export type WaitingLimits = Readonly<Pick<PomeloLimits, 'pushBehindBytes' | 'writeBufferHardBytes'>>;

/**
 * The pushes on terms of one connector. A client that is behind has them waiting here, until it has caught up: what is
 * replaced or expires meanwhile is never written.
 */
export class WaitingRoom {
  private readonly waiting = new Map<ClientSocket, WaitingPushes>();

  /** `release` sends what is collected for a client elsewhere; it came first. */
  constructor(
    private readonly limits: WaitingLimits,
    private readonly counters: MessageCounters,
    private readonly release: (client: ClientSocket) => void,
  ) {}

  /** Sends a push, or keeps it for a client that is behind. */
  offer(client: ClientSocket, push: TermedPush): OfferedFate {
    if (!this.admits(client, push.terms)) return 'declined';
    if (push.terms.volatile) return this.send(client, push);
    if (this.mayWait(client) && this.isBehind(client)) {
      this.keep(client, push);
      this.listen(client);
      return 'taken';
    }
    this.flush(client);
    return this.send(client, push);
  }

  /** A push is still worth sending; otherwise it is counted. */
  admits(client: ClientSocket, { volatile, deadline }: PushTerms): boolean {
    if (deadline <= performance.now()) {
      this.counters.pushesExpired += 1;
      return false;
    }
    if (!volatile || !this.isBehind(client)) return true;
    this.counters.pushesSkipped += 1;
    return false;
  }

  /** Keeps a push. What is more than may wait for a client is sent like every other push, and the connection decides. */
  keep(client: ClientSocket, push: TermedPush): void {
    let pushes = this.waiting.get(client);
    if (pushes === undefined) this.waiting.set(client, (pushes = new WaitingPushes()));
    if (pushes.add(push)) this.counters.pushesReplaced += 1;
    const room = this.limits.writeBufferHardBytes - (client.outstandingBytes ?? 0);
    if (pushes.bytes > room) this.counters.pushesExpired += pushes.dropExpired(performance.now());
    if (pushes.bytes > room) this.flush(client);
  }

  /** Sends what waits to the clients that are not behind; the others get it when they have caught up. */
  sendDue(): void {
    for (const client of this.waiting.keys()) this.sendOrListen(client);
  }

  /** Sends what waits for a client, also when it is behind. */
  flush(client: ClientSocket): void {
    const pushes = this.waiting.get(client);
    if (pushes === undefined) return;
    this.waiting.delete(client);
    this.counters.pushesExpired += pushes.dropExpired(performance.now());
    const messages = pushes.messages();
    this.counters.pushes += messages.length;
    this.release(client);
    if (messages.length > 0) sendAll(client, messages);
  }

  /** Drops what waits for a client. */
  forget(client: ClientSocket): void {
    this.waiting.delete(client);
  }

  /** Sends everything that waits. */
  flushAll(): void {
    for (const client of this.waiting.keys()) this.flush(client);
  }

  private send(client: ClientSocket, { message, kind }: TermedPush): OfferedFate {
    this.release(client);
    this.counters.pushes += 1;
    return client.send(message, kind) === false ? 'lost' : 'taken';
  }

  private sendOrListen(client: ClientSocket): void {
    if (this.mayWait(client) && this.isBehind(client)) this.listen(client);
    else this.flush(client);
  }

  private listen(client: ClientSocket): void {
    client.onceCaughtUp?.(() => this.sendOrListen(client));
  }

  /** Somebody says when it has caught up. */
  private mayWait(client: ClientSocket): boolean {
    return client.onceCaughtUp !== undefined;
  }

  private isBehind(client: ClientSocket): boolean {
    return client.isBehind ?? (client.outstandingBytes ?? 0) >= this.limits.pushBehindBytes;
  }
}

/** Sends messages in order, if possible in one write. */
export function sendAll(client: ClientSocket, messages: readonly Buffer[]): void {
  if (client.sendBatch !== undefined) client.sendBatch(messages);
  else for (const message of messages) client.send(message, 'push');
}
