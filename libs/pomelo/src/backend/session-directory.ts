import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ClusterService } from '../cluster/cluster.service.js';
import type { Binding, BindingChange, BindingStore } from '../cluster/cluster-driver.interface.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { describeError } from '../errors/describe-error.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import type { BindingKeeper } from '../sessions/binding-keeper.interface.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import { SessionService } from '../sessions/session.service.js';
import { BackendSessionService } from './backend-session.service.js';

/** Where one session of a user is. */
export type SessionPlace = Pick<Binding, 'frontendId' | 'sessionId'>;

/** How long a login waits for the end of the session that it replaces, in ms; a frozen server must not stop it. */
const REPLACED_MS = 1_000;
/** Bindings nobody writes are forgotten after a day: they are written again at half of it. */
const RENEW_MS = 12 * 60 * 60 * 1000;
/** Bindings that are written again at a time. */
const RENEW_AT_ONCE = 64;

/** The users of the whole cluster: where they are, from any server. In one process, those of this process. */
@Injectable()
export class SessionDirectory implements BindingKeeper, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Pomelo');
  private readonly store: BindingStore | undefined;
  private opening: Promise<void> | undefined;
  private renewal: NodeJS.Timeout | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
    private readonly sessions: SessionService,
    private readonly backend: BackendSessionService,
  ) {
    this.store = options.cluster?.createBindings();
  }

  /** Where a user is connected; empty when nowhere. Rejects with `BINDING_FAILED` when nobody can be asked. */
  async whereIs(uid: string): Promise<SessionPlace[]> {
    const [places = []] = await this.whereAre([uid]);
    return places;
  }

  /** {@link whereIs} for many users at once, in their order. */
  async whereAre(uids: readonly string[]): Promise<SessionPlace[][]> {
    const { store } = this;
    if (store === undefined) return uids.map((uid) => this.placesHere(uid));
    const all = await this.asked(store.getMany(uids));
    return all.map((held) => held.filter((binding) => this.registry.isLive(binding)).map(placeOf));
  }

  /** The user has a session somewhere. */
  async isOnline(uid: string): Promise<boolean> {
    return (await this.whereIs(uid)).length > 0;
  }

  /** The sessions of a user, wherever they are. Rejects when a server cannot be asked. */
  async sessionsOf(uid: string): Promise<Session[]> {
    const frontends = new Set((await this.whereIs(uid)).map(({ frontendId }) => frontendId));
    const found = await Promise.all([...frontends].map((id) => this.backend.getByUid(id, uid)));
    return found.flat();
  }

  /** Kicks every session of a user, wherever it is. Resolves to their number. */
  async kick(uid: string, reason = 'kick'): Promise<number> {
    const frontends = new Set((await this.whereIs(uid)).map(({ frontendId }) => frontendId));
    const kicked = await Promise.all([...frontends].map((id) => this.backend.kickByUid(id, uid, reason)));
    return kicked.reduce((sum, count) => sum + count, 0);
  }

  /** Connected clients of all servers, as of their last heartbeats. */
  count(): number {
    let count = 0;
    for (const { id, load } of this.registry.all())
      count += id === this.options.server.id ? this.sessions.getSessionsCount() : load.sessions;
    return count;
  }

  async onModuleInit(): Promise<void> {
    const { store } = this;
    if (store === undefined) return;
    this.sessions.keepBindings(this);
    this.cluster.onLinked(async () => {
      await this.open(store);
      this.renewal ??= setInterval(() => void this.renew(), RENEW_MS).unref();
      await this.renew();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.renewal);
    await this.store?.close();
  }

  /** For sessions: makes a binding known, and ends the sessions that it replaces. */
  async bound(session: FrontendSession, uid: string): Promise<void> {
    if (this.store === undefined) return;
    const held = await this.asked(this.store.update(uid, this.changeFor(this.bindingOf(session))));
    const others = held.filter(({ sessionId }) => sessionId !== session.id);
    const live = others.filter((binding) => this.registry.isLive(binding));
    const { single } = this.options.sessions;
    if (single === 'refuseNew' && live.length > 0) throw pomeloError('UID_TAKEN', { uid });
    if (single === 'kickOld') await Promise.all(live.map((binding) => this.replace(binding)));
  }

  /** For sessions: forgets a binding, unless it has been replaced. */
  released({ id }: FrontendSession, uid: string): void {
    const without: BindingChange = (held) =>
      held.some(({ sessionId }) => sessionId === id)
        ? held.filter(({ sessionId }) => sessionId !== id)
        : undefined;
    this.store?.update(uid, without).catch((error: unknown) => {
      // It counts for nothing once this server has ended, and is forgotten after a day.
      this.logger.warn(`The binding of ${JSON.stringify(uid)} was not removed: ${describeError(error)}`);
    });
  }

  /** Once, however often the link comes back; what was refused is tried again. */
  private async open(store: BindingStore): Promise<void> {
    this.opening ??= store.open(this.options.server.namespace);
    try {
      await this.opening;
    } catch (error) {
      this.opening = undefined;
      throw error;
    }
  }

  private changeFor(mine: Binding): BindingChange {
    const { single } = this.options.sessions;
    return (held) => {
      const others = held.filter(
        (binding) => binding.sessionId !== mine.sessionId && this.registry.isLive(binding),
      );
      if (single === 'kickOld') return [mine];
      if (single === 'refuseNew' && others.length > 0) return undefined;
      return [...others, mine];
    };
  }

  private bindingOf({ id: sessionId, frontendId }: FrontendSession): Binding {
    return { frontendId, inc: this.cluster.inc, sessionId };
  }

  private async replace({ frontendId, sessionId }: Binding): Promise<void> {
    try {
      await this.rpc.call(frontendId, '$session.kick', [sessionId, 'replaced'], { timeoutMs: REPLACED_MS });
    } catch (error) {
      this.logger.warn(`Session ${sessionId} was not told that it is replaced: ${describeError(error)}`);
    }
  }

  /** Writes again what a store may have lost, or is about to forget. */
  private async renew(): Promise<void> {
    const bound = [...this.sessions.all()].filter((session) => session.uid !== undefined && session.isOpen);
    for (let start = 0; start < bound.length; start += RENEW_AT_ONCE)
      await Promise.all(bound.slice(start, start + RENEW_AT_ONCE).map((session) => this.renewOne(session)));
  }

  /** Who was replaced while the store was away stays replaced. */
  private async renewOne(session: FrontendSession): Promise<void> {
    const { uid } = session;
    if (uid === undefined || !session.isOpen) return;
    const mine = this.bindingOf(session);
    const change: BindingChange = (held) => {
      const others = held.filter(({ sessionId }) => sessionId !== mine.sessionId);
      if (this.options.sessions.single !== false && others.some((other) => this.registry.isLive(other)))
        return undefined;
      return [...others.filter((other) => this.registry.isLive(other)), mine];
    };
    try {
      await this.store?.update(uid, change);
    } catch (error) {
      this.logger.warn(
        `The binding of ${JSON.stringify(uid)} was not written again: ${describeError(error)}`,
      );
    }
  }

  private placesHere(uid: string): SessionPlace[] {
    const { frontendId } = this.sessions;
    return Array.from(this.sessions.ofUid(uid) ?? [], ({ id }) => ({ frontendId, sessionId: id }));
  }

  private async asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw pomeloError('BINDING_FAILED', { detail: describeError(error) });
    }
  }
}

function placeOf({ frontendId, sessionId }: Binding): SessionPlace {
  return { frontendId, sessionId };
}
