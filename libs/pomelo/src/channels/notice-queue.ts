import { Logger } from '@nestjs/common';
import type { ServerRegistry } from '../cluster/server-registry.js';
import { describeError } from '../errors/describe-error.js';
import { isUnreachable } from './unreachable.js';

/** Notices that one message carries at most: its size is bounded, whatever happens at once. */
const NOTICES_A_MESSAGE = 1_000;

/** Brings notices to a server. Rejects when it is not known that they were taken. */
type Carrier = (server: string, sessionIds: readonly string[]) => Promise<void>;

/**
 * Notices about sessions, for other servers: those of one turn travel together, and again until they were taken or the
 * server has left. Who takes them does not mind hearing them twice.
 */
export class NoticeQueue {
  private readonly logger = new Logger('Pomelo');
  private readonly waiting = new Map<string, Set<string>>();
  private turn: NodeJS.Immediate | undefined;
  private retry: NodeJS.Timeout | undefined;
  private stopped = false;

  /** `retryMs` is how long notices wait that were not taken. */
  constructor(
    private readonly carry: Carrier,
    private readonly registry: ServerRegistry,
    private readonly retryMs: number,
  ) {}

  add(server: string, sessionId: string): void {
    this.keep(server, [sessionId]);
    this.turn ??= setImmediate(() => this.flush());
  }

  /** Ends the timers; what was not taken is not repeated. */
  stop(): void {
    this.stopped = true;
    clearImmediate(this.turn);
    clearTimeout(this.retry);
  }

  private flush(): void {
    this.turn = undefined;
    const notices = [...this.waiting];
    this.waiting.clear();
    for (const [server, ids] of notices) {
      const all = [...ids];
      for (let start = 0; start < all.length; start += NOTICES_A_MESSAGE)
        this.bring(server, all.slice(start, start + NOTICES_A_MESSAGE));
    }
  }

  /** To a server that has left nothing is brought: it forgot everything, and asks anew when it comes back. */
  private bring(server: string, ids: readonly string[]): void {
    if (this.registry.get(server) === undefined) return;
    this.carry(server, ids).catch((error: unknown) => {
      if (this.stopped) return;
      if (isUnreachable(error)) this.repeat(server, ids);
      else this.logger.warn(`Server ${server} takes no notices of sessions: ${describeError(error)}`);
    });
  }

  private repeat(server: string, ids: readonly string[]): void {
    this.keep(server, ids);
    this.retry ??= setTimeout(() => {
      this.retry = undefined;
      this.flush();
    }, this.retryMs).unref();
  }

  private keep(server: string, ids: readonly string[]): void {
    const known = this.waiting.get(server);
    if (known === undefined) this.waiting.set(server, new Set(ids));
    else for (const id of ids) known.add(id);
  }
}
