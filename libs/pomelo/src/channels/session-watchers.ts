import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import { SessionService } from '../sessions/session.service.js';
import { NoticeQueue } from './notice-queue.js';
import { LEFT, RENEW, WATCH } from './watched-sessions.js';

/** Which other servers have sessions of this one in their channels: they are told when those end. */
@Injectable()
export class SessionWatchers implements OnModuleInit, OnApplicationShutdown {
  private readonly watched = new Map<string, Set<string>>();
  private readonly ends: NoticeQueue;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
    private readonly sessions: SessionService,
  ) {
    const timeoutMs = options.limits.clusterHeartbeatMs;
    const tell = async (server: string, ids: readonly string[]): Promise<void> => {
      await rpc.call(server, LEFT, [ids], { timeoutMs });
    };
    this.ends = new NoticeQueue(tell, registry, timeoutMs);
    sessions.onEnded(({ id }) => {
      for (const [server, ids] of this.watched) if (ids.delete(id)) this.ends.add(server, id);
    });
  }

  onModuleInit(): void {
    this.rpc.expose(WATCH, ({ id }, sessionIds: readonly string[]) => this.watch(id, sessionIds));
    this.registry.on('leave', ({ id }) => this.watched.delete(id));
    this.registry.on('join', ({ id }) => this.askAnew(id));
  }

  onApplicationShutdown(): void {
    this.ends.stop();
  }

  /** Gives the sessions that have ended already. */
  private watch(server: string, sessionIds: readonly string[]): string[] {
    const watched = this.watched.get(server) ?? new Set();
    this.watched.set(server, watched);
    const [here, gone] = [
      sessionIds.filter((id) => this.isHere(id)),
      sessionIds.filter((id) => !this.isHere(id)),
    ];
    for (const id of here) watched.add(id);
    return gone;
  }

  private isHere(sessionId: string): boolean {
    return this.sessions.own(sessionId) !== undefined;
  }

  /** Perhaps it was never away, and only this server thought so. */
  private askAnew(server: string): void {
    const { connectors, server: self } = this.options;
    if (connectors.length > 0 && server !== self.id) this.rpc.notify(server, RENEW, []);
  }
}
