import { Inject, Injectable } from '@nestjs/common';
import type { ServerInfo } from '../cluster/server-info.interface.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import type { CallOptions } from '../remotes/remote-client.js';
import { coverOf, takesCopy } from './frontend-cover.js';
import { isUnreachable } from './unreachable.js';

/** What the frontends answered. */
export interface FrontendAnswers<T> {
  /** By the id of the frontend. */
  readonly answers: ReadonlyMap<string, T>;
  /** Frontends that were not reached, or did not answer in time. */
  readonly unreachable: string[];
}

/** Takes what {@link FrontendMulticast.toAll} sends. */
export type MulticastMethod = (...args: readonly never[]) => unknown;

/** Speaks to many frontends at once. */
@Injectable()
export class FrontendMulticast {
  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
  ) {}

  /** This server runs and has clients. */
  get isFrontend(): boolean {
    return this.self?.frontend === true;
  }

  /** This server is a frontend of the type. */
  isHere(type: string): boolean {
    return this.isFrontend && this.self?.types.includes(type) === true;
  }

  /** Tells every other frontend of a type, in one message. Gives the number of frontends that it was sent to. */
  async toType(type: string, method: string, args: () => readonly unknown[]): Promise<number> {
    const frontends = this.others().filter(({ types }) => types.includes(type));
    return frontends.length > 0 && this.rpc.notifyType(type, method, args()) ? frontends.length : 0;
  }

  /** Tells every other frontend, in one message for each of the types that they host. Gives their number, as {@link toType}. */
  async toAll(method: string, args: () => readonly unknown[]): Promise<number> {
    const frontends = this.others();
    if (frontends.length === 0) return 0;
    const { types, untyped } = coverOf(frontends, this.registry.all());
    const sent = args();
    const [toTypes, toServers] = [
      types.filter((type) => this.rpc.notifyType(type, method, [types, type, ...sent])),
      untyped.filter(({ id }) => this.rpc.notify(id, method, [[], null, ...sent])),
    ];
    const reached = frontends.filter(({ types: hosted }) =>
      toTypes.some((type) => takesCopy(hosted, types, type)),
    );
    return reached.length + toServers.length;
  }

  /** Takes what {@link toAll} sends, once. */
  expose(method: string, take: MulticastMethod): void {
    this.rpc.expose(method, (_from, types: readonly string[], type: string | null, ...args: never[]) => {
      if (type === null || takesCopy(this.self?.types ?? [], types, type)) return take(...args);
      return undefined;
    });
  }

  /** Asks every frontend, this server too when it is one. Rejects with what a frontend says that it failed with. */
  async ask<T>(method: string, args: readonly unknown[], options?: CallOptions): Promise<FrontendAnswers<T>> {
    const answers = new Map<string, T>();
    const unreachable: string[] = [];
    const frontends = [...this.registry.all()].filter(({ frontend }) => frontend);
    const settled = await Promise.allSettled(
      frontends.map(({ id }) => this.rpc.call(id, method, args, options)),
    );
    for (const [index, { id }] of frontends.entries()) {
      const result = settled[index];
      if (result?.status === 'fulfilled') answers.set(id, result.value as T);
      else if (isUnreachable(result?.reason)) unreachable.push(id);
      else throw result?.reason;
    }
    return { answers, unreachable };
  }

  private get self(): ServerInfo | undefined {
    return this.registry.get(this.options.server.id);
  }

  private others(): ServerInfo[] {
    return [...this.registry.all()].filter(({ id, frontend }) => frontend && id !== this.options.server.id);
  }
}
