import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import { NoticeQueue } from './notice-queue.js';

/** Asks a frontend to tell when sessions of it end; answers those that have. */
export const WATCH = '$channel.watch';
/** Tells that sessions have ended. */
export const LEFT = '$channel.left';
/** Says that a frontend does not know any more what it was asked to watch. */
export const RENEW = '$channel.renew';

/** The sessions of other servers that are in channels of this one: it hears when they end. */
@Injectable()
export class WatchedSessions implements OnModuleInit, OnApplicationShutdown {
  private readonly byServer = new Map<string, Set<string>>();
  private readonly requests: NoticeQueue;
  private onEnd: (sessionId: string) => void = () => {};

  constructor(
    @Inject(POMELO_OPTIONS) options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
  ) {
    const timeoutMs = options.limits.clusterHeartbeatMs;
    const ask = async (server: string, ids: readonly string[]): Promise<void> => {
      this.ended((await rpc.call(server, WATCH, [ids], { timeoutMs })) as readonly string[]);
    };
    this.requests = new NoticeQueue(ask, registry, timeoutMs);
  }

  /** Who hears of the ends. */
  listen(onEnd: (sessionId: string) => void): void {
    this.onEnd = onEnd;
  }

  /** Watches a session; false when its server does not run, and so it has ended. */
  watch(server: string, sessionId: string): boolean {
    if (this.registry.get(server) === undefined) return false;
    const known = this.byServer.get(server) ?? new Set();
    this.byServer.set(server, known);
    if (known.has(sessionId)) return true;
    known.add(sessionId);
    this.requests.add(server, sessionId);
    return true;
  }

  /** It is in no channel any more. Its frontend finds out when it ends. */
  forget(server: string, sessionId: string): void {
    const known = this.byServer.get(server);
    if (known?.delete(sessionId) === true && known.size === 0) this.byServer.delete(server);
  }

  onModuleInit(): void {
    this.rpc.expose(LEFT, (_from, sessionIds: readonly string[]) => this.ended(sessionIds));
    this.rpc.expose(RENEW, ({ id }) => {
      for (const sessionId of this.byServer.get(id) ?? []) this.requests.add(id, sessionId);
    });
  }

  onApplicationShutdown(): void {
    this.requests.stop();
  }

  private ended(sessionIds: readonly string[]): void {
    for (const id of sessionIds) this.onEnd(id);
  }
}
