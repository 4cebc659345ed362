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
import { BindingUpkeep } from './binding-upkeep.js';

/** Where one session of a user is. */
export type SessionPlace = Pick<Binding, 'frontendId' | 'sessionId'>;

/** How long a login waits for the end of the session that it replaces, in ms; a frozen server must not stop it. */
const REPLACED_MS = 1_000;

/** The users of the whole cluster: where they are, from any server. In one process, those of this process. */
@Injectable()
export class SessionDirectory implements BindingKeeper, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Pomelo');
  private readonly store: BindingStore | undefined;
  private opening: Promise<void> | undefined;
  private readonly upkeep: BindingUpkeep | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
    private readonly sessions: SessionService,
    private readonly backend: BackendSessionService,
  ) {
    this.store = options.cluster?.createBindings();
    if (this.store === undefined) return;
    const isSingle = options.sessions.single !== false;
    this.upkeep = new BindingUpkeep(this.store, registry, (session) => this.bindingOf(session), isSingle);
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
      await this.upkeep?.renew();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.upkeep?.stop();
    await this.store?.close();
  }

  /** For sessions: makes a binding known, and ends the sessions that it replaces. */
  async bound(session: FrontendSession, uid: string): Promise<void> {
    if (this.store === undefined) return;
    const change = this.changeFor(this.bindingOf(session));
    let isThere = true;
    const update: BindingChange = (known) => {
      isThere = session.isOpen;
      return isThere ? change(known) : undefined;
    };
    const held = await this.asked(this.store.update(uid, update));
    // Who has left meanwhile replaces nobody.
    if (!isThere) return;
    const others = held.filter(({ sessionId }) => sessionId !== session.id);
    const live = others.filter((binding) => this.registry.isLive(binding));
    const { single } = this.options.sessions;
    if (single === 'refuseNew' && live.length > 0) throw pomeloError('UID_TAKEN', { uid });
    this.upkeep?.add(session);
    if (single === false) return;
    // Whoever is not known here may be out of sight and serve all the same; nobody waits for that.
    for (const binding of others) if (!live.includes(binding)) this.replace(binding).catch(() => {});
    await Promise.all(live.map((binding) => this.replaceKnown(binding)));
  }

  /** For sessions: forgets a binding, unless it has been replaced. */
  released({ id }: FrontendSession, uid: string): void {
    void this.upkeep?.remove(id, uid);
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

  private async replaceKnown(binding: Binding): Promise<void> {
    try {
      await this.replace(binding);
    } catch (error) {
      this.logger.warn(
        `Session ${binding.sessionId} was not told that it is replaced: ${describeError(error)}`,
      );
    }
  }

  private async replace({ frontendId, sessionId }: Binding): Promise<void> {
    await this.rpc.call(frontendId, '$session.kick', [sessionId, 'replaced'], { timeoutMs: REPLACED_MS });
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
