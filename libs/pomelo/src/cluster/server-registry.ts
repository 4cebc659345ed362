import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import type { Binding } from './cluster-driver.interface.js';
import type { ServerInfo } from './server-info.interface.js';

/** Why a server left: it said so, was silent for too long, could not be found, or started anew. */
export type LeaveReason = 'bye' | 'timeout' | 'probe' | 'replaced';

/** `drain` is a server that takes nothing new, before it leaves. */
export type ServerEvent = 'join' | 'drain' | 'leave';

/** Called with the server, and for `leave` with why. */
export type ServerListener = (server: ServerInfo, why?: LeaveReason) => void;

/** Which servers run, as this one knows it. Itself is among them once it has started. */
@Injectable()
export class ServerRegistry {
  private ownInfo: ServerInfo | undefined;
  private readonly servers = new Map<string, ServerInfo>();
  private types = new Map<string, ServerInfo[]>();
  private readonly logger = new Logger('Pomelo');
  private readonly listeners: Readonly<Record<ServerEvent, Set<ServerListener>>> = {
    join: new Set(),
    drain: new Set(),
    leave: new Set(),
  };
  private linked = false;

  /** This server. Throws before the application has started. */
  get self(): ServerInfo {
    if (this.ownInfo === undefined)
      throw new Error('ServerRegistry.self is known once the application has started.');
    return this.ownInfo;
  }

  /** This server has joined, and its link to the engine between servers is up. */
  get isReady(): boolean {
    return this.linked;
  }

  /** The server with this id. */
  get(id: string): ServerInfo | undefined {
    return this.servers.get(id);
  }

  /** The servers that host a type and are not draining, in the order of their ids. */
  byType(type: string): readonly ServerInfo[] {
    return this.types.get(type) ?? [];
  }

  /** Every type that a running server hosts. */
  serverTypes(): string[] {
    return [...this.types.keys()];
  }

  /** Every running server, this one among them. */
  all(): IterableIterator<ServerInfo> {
    return this.servers.values();
  }

  /** The frontend runs, and has not been started anew since the binding was made. */
  isLive({ frontendId, inc }: Pick<Binding, 'frontendId' | 'inc'>): boolean {
    return this.servers.get(frontendId)?.inc === inc;
  }

  /** Listens for servers that join, drain or leave; the result ends it. */
  on(event: ServerEvent, listener: ServerListener): () => void {
    this.listeners[event].add(listener);
    return () => this.listeners[event].delete(listener);
  }

  /** Adds this server; for the cluster layer. */
  setSelf(info: ServerInfo): void {
    this.ownInfo = info;
    this.add(info);
  }

  /** The link came up or went down; for the cluster layer. */
  setLinked(linked: boolean): void {
    this.linked = linked;
  }

  /** Adds or updates a server; for the cluster layer. */
  add(info: ServerInfo): void {
    const before = this.servers.get(info.id);
    if (before !== undefined && before.inc !== info.inc) this.remove(before.id, before.inc, 'replaced');
    const known = before?.inc === info.inc ? before : undefined;
    this.servers.set(info.id, info);
    if (known?.state !== info.state || String(known.types) !== String(info.types)) this.index();
    else this.refresh(info);
    if (known === undefined) this.tell('join', info);
    if (info.state === 'draining' && known?.state !== 'draining') this.tell('drain', info);
  }

  /** Removes a server, unless it has restarted meanwhile; for the cluster layer. */
  remove(id: string, inc: string, why: LeaveReason): void {
    const known = this.servers.get(id);
    if (known?.inc !== inc) return;
    this.servers.delete(id);
    this.index();
    this.tell('leave', known, why);
  }

  /** A heartbeat changes nothing but what the server says of itself. */
  private refresh(info: ServerInfo): void {
    for (const type of info.types) {
      const servers = this.types.get(type);
      const index = servers?.findIndex(({ id }) => id === info.id) ?? -1;
      if (servers !== undefined && index >= 0) servers[index] = info;
    }
  }

  private index(): void {
    const types = new Map<string, ServerInfo[]>();
    const sorted = [...this.servers.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    for (const server of sorted) {
      if (server.state === 'draining') continue;
      for (const type of server.types) types.set(type, [...(types.get(type) ?? []), server]);
    }
    this.types = types;
  }

  /** A listener that fails is logged and costs nobody else anything. */
  private tell(event: ServerEvent, server: ServerInfo, why?: LeaveReason): void {
    for (const listener of this.listeners[event]) {
      const told = async (): Promise<unknown> => listener(server, why);
      told().catch((error: unknown) =>
        this.logger.error(`A listener of server ${event} failed: ${describeError(error)}`),
      );
    }
  }
}
