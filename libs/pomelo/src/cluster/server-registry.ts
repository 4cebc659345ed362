import { Injectable, Logger } from '@nestjs/common';
import { describeError } from '../errors/describe-error.js';
import type { ServerInfo } from './server-info.interface.js';

/** Called when a server joins or leaves. */
export type ServerListener = (server: ServerInfo) => void;

/** Which servers run, as this one knows it. Itself is among them once it has started. */
@Injectable()
export class ServerRegistry {
  private ownInfo: ServerInfo | undefined;
  private readonly servers = new Map<string, ServerInfo>();
  private types = new Map<string, ServerInfo[]>();
  private readonly logger = new Logger('Pomelo');
  private readonly listeners = { join: new Set<ServerListener>(), leave: new Set<ServerListener>() };

  /** This server. Throws before the application has started. */
  get self(): ServerInfo {
    if (this.ownInfo === undefined)
      throw new Error('ServerRegistry.self is known once the application has started.');
    return this.ownInfo;
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

  /** Listens for servers that join or leave; the result ends it. */
  on(event: 'join' | 'leave', listener: ServerListener): () => void {
    this.listeners[event].add(listener);
    return () => this.listeners[event].delete(listener);
  }

  /** Adds this server; for the cluster layer. */
  setSelf(info: ServerInfo): void {
    this.ownInfo = info;
    this.add(info);
  }

  /** Adds or updates a server; for the cluster layer. */
  add(info: ServerInfo): void {
    const known = this.servers.get(info.id);
    if (known !== undefined && known.inc !== info.inc) this.remove(known.id, known.inc);
    this.servers.set(info.id, info);
    this.index();
    if (known?.inc !== info.inc) this.tell('join', info);
  }

  /** Removes a server, unless it has restarted meanwhile; for the cluster layer. */
  remove(id: string, inc: string): void {
    const known = this.servers.get(id);
    if (known?.inc !== inc) return;
    this.servers.delete(id);
    this.index();
    this.tell('leave', known);
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
  private tell(event: 'join' | 'leave', server: ServerInfo): void {
    for (const listener of this.listeners[event]) {
      const told = async (): Promise<unknown> => listener(server);
      told().catch((error: unknown) =>
        this.logger.error(`A listener of server ${event} failed: ${describeError(error)}`),
      );
    }
  }
}
