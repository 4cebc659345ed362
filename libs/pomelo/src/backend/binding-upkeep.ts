import { Logger } from '@nestjs/common';
import type { Binding, BindingChange, BindingStore } from '../cluster/cluster-driver.interface.js';
import type { ServerRegistry } from '../cluster/server-registry.js';
import { describeError } from '../errors/describe-error.js';
import type { FrontendSession } from '../sessions/frontend-session.js';

/** Bindings nobody writes are forgotten after a day: they are written again at half of it. */
const RENEW_MS = 12 * 60 * 60 * 1000;
/** Until what failed is tried again, in ms: a store that chooses a leader needs as long. */
const AGAIN_MS = 5_000;
/** Bindings that are written at a time. */
const AT_ONCE = 64;

/** Keeps what the store says of the sessions of this frontend true, when the store or this server was away. */
export class BindingUpkeep {
  private readonly logger = new Logger('Pomelo');
  private readonly written = new Map<string, FrontendSession>();
  /** Users of sessions that are gone, whose bindings are not. */
  private readonly remaining = new Map<string, string>();
  private renewal: NodeJS.Timeout | undefined;
  private again: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private isStopped = false;

  constructor(
    private readonly store: BindingStore,
    private readonly registry: ServerRegistry,
    private readonly bindingOf: (session: FrontendSession) => Binding,
    /** A user has one session at most. */
    private readonly isSingle: boolean,
  ) {}

  /** The binding of a session is in the store. */
  add(session: FrontendSession): void {
    this.written.set(session.id, session);
  }

  /** Takes the binding of a session out of the store, unless it has been replaced. */
  async remove(sessionId: string, uid: string): Promise<void> {
    this.written.delete(sessionId);
    this.remaining.set(sessionId, uid);
    await this.removeOne(sessionId, uid);
  }

  /** Writes again what the store may have lost or is about to forget, and ends the sessions that were replaced meanwhile. */
  renew(): Promise<void> {
    this.renewal ??= setInterval(() => void this.renew(), RENEW_MS).unref();
    this.running = this.running.then(() => this.renewAll());
    return this.running;
  }

  stop(): void {
    this.isStopped = true;
    clearInterval(this.renewal);
    clearTimeout(this.again);
  }

  private async renewAll(): Promise<void> {
    const work = [
      ...Array.from(
        this.remaining,
        ([id, uid]) =>
          () =>
            this.removeOne(id, uid),
      ),
      ...Array.from(this.written.values(), (session) => () => this.renewOne(session)),
    ];
    for (let start = 0; start < work.length && !this.isStopped; start += AT_ONCE)
      await Promise.all(work.slice(start, start + AT_ONCE).map((step) => step()));
  }

  private async removeOne(id: string, uid: string): Promise<void> {
    const without: BindingChange = (held) =>
      held.some(({ sessionId }) => sessionId === id)
        ? held.filter(({ sessionId }) => sessionId !== id)
        : undefined;
    try {
      await this.store.update(uid, without);
      this.remaining.delete(id);
    } catch (error) {
      this.tryAgain(`The binding of ${JSON.stringify(uid)} was not removed: ${describeError(error)}`);
    }
  }

  private async renewOne(session: FrontendSession): Promise<void> {
    const { uid } = session;
    const isThere = (): boolean => session.isOpen && this.written.has(session.id);
    if (uid === undefined || !isThere()) return;
    const mine = this.bindingOf(session);
    let isReplaced = false;
    const change: BindingChange = (held) => {
      // It may leave while the store is asked.
      if (!isThere()) return undefined;
      const others = held.filter(({ sessionId }) => sessionId !== mine.sessionId);
      // It was there alone: who is there now came later, and did not find this server.
      isReplaced = this.isSingle && others.length > 0 && others.length === held.length;
      return isReplaced ? undefined : [...others.filter((other) => this.registry.isLive(other)), mine];
    };
    try {
      await this.store.update(uid, change);
      if (isReplaced) session.close('replaced');
    } catch (error) {
      this.tryAgain(`The binding of ${JSON.stringify(uid)} was not written again: ${describeError(error)}`);
    }
  }

  private tryAgain(why: string): void {
    if (this.isStopped || this.again !== undefined) return;
    this.logger.warn(`${why}. It is tried again.`);
    this.again = setTimeout(() => {
      this.again = undefined;
      void this.renew();
    }, AGAIN_MS).unref();
  }
}
