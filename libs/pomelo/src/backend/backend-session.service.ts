import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { PushCallOptions } from '../push/push-terms.js';
import { RpcService } from '../remotes/rpc.service.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { SessionChanges } from '../sessions/session-home.interface.js';
import type { SessionRecord } from '../sessions/session-record.js';
import type { Session } from '../sessions/session.js';
import { SessionService } from '../sessions/session.service.js';
import { viewOf } from './remote-session.js';

/**
 * The sessions of any frontend, from any server. Names follow Pomelo's `backendSessionService`. What a session gives
 * (`bind`, `push`, `send`, `kick` and so on) reaches its frontend, and settles.
 */
@Injectable()
export class BackendSessionService implements OnModuleInit {
  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly rpc: RpcService,
    private readonly sessions: SessionService,
  ) {}

  /** A session by the server that holds it and its id; `undefined` when it is not there. Rejects when the server cannot be asked. */
  async get(frontendId: string, sessionId: string): Promise<Session | undefined> {
    if (frontendId === this.sessions.frontendId) return this.sessions.get(sessionId);
    const record = (await this.call(frontendId, '$session.get', [sessionId])) as SessionRecord | null;
    return record === null ? undefined : this.view(record);
  }

  /** All sessions of a user on one server. Rejects when the server cannot be asked. */
  async getByUid(frontendId: string, uid: string): Promise<Session[]> {
    if (frontendId === this.sessions.frontendId) return this.sessions.getByUid(uid);
    const records = (await this.call(frontendId, '$session.byUid', [uid])) as readonly SessionRecord[];
    return records.map((record) => this.view(record));
  }

  /** Kicks every session of a user on one server. Resolves to their number. */
  async kickByUid(frontendId: string, uid: string, reason = 'kick'): Promise<number> {
    return (await this.call(frontendId, '$session.kickUid', [uid, reason])) as number;
  }

  /** Kicks one session. Resolves to false when it is not there. */
  async kickBySessionId(frontendId: string, sessionId: string, reason = 'kick'): Promise<boolean> {
    return (await this.call(frontendId, '$session.kick', [sessionId, reason])) as boolean;
  }

  /** A session that came along with a request; for the framework. */
  view(record: SessionRecord): Session {
    return viewOf(record, this.call, this.options.sessions.isGuest);
  }

  onModuleInit(): void {
    const { rpc, sessions } = this;
    const on = (id: string): FrontendSession => this.ownSession(id);
    rpc.expose('$session.get', (_from, id: string) => sessions.own(id)?.toRecord() ?? null);
    rpc.expose('$session.byUid', (_from, uid: string) =>
      Array.from(sessions.ofUid(uid) ?? [], (session) => session.toRecord()),
    );
    rpc.expose('$session.bind', async (_from, id: string, uid: string) => on(id).bind(uid));
    rpc.expose('$session.unbind', async (_from, id: string, uid: string) => on(id).unbind(uid));
    rpc.expose('$session.push', async (_from, id: string, changes: SessionChanges) => on(id).push(changes));
    rpc.expose(
      '$session.send',
      (_from, id: string, route: string, body: unknown, options?: PushCallOptions) =>
        sessions.sendMessage(id, route, body, options),
    );
    rpc.expose('$session.close', (_from, id: string, reason?: string) => sessions.own(id)?.close(reason));
    rpc.expose('$session.kick', (_from, id: string, reason: string) => sessions.kickBySessionId(id, reason));
    rpc.expose('$session.kickUid', (_from, uid: string, reason: string) => sessions.kick(uid, reason));
  }

  private readonly call = (frontendId: string, method: string, args: readonly unknown[]): Promise<unknown> =>
    this.rpc.call(frontendId, method, args);

  private ownSession(id: string): FrontendSession {
    const session = this.sessions.own(id);
    if (session === undefined) throw pomeloError('SESSION_CLOSED', { session: id });
    return session;
  }
}
