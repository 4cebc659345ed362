import { Inject, Injectable } from '@nestjs/common';
import { pickServer, type RoutingKey } from '../cluster/routing.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { RemoteException } from '../errors/remote.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { CallOptions } from './remote-client.js';

/** Where a call goes: to one server of a type, for a key. */
export interface RoutedCall {
  readonly type: string;
  readonly key: RoutingKey;
  /** For errors. */
  readonly method: string;
}

/** Makes the call on one server, within what is left of its time. */
export type Attempt = (server: string, options: CallOptions) => Promise<unknown>;

/** Calls that go to the server that routing picks, and to the next one when that was certainly not reached. */
@Injectable()
export class RoutedCalls {
  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
  ) {}

  /** The server of a type for a key, of those that have not been tried; `undefined` when there is none. */
  pick(type: string, key: RoutingKey, tried?: ReadonlySet<string>): string | undefined {
    const all = this.registry.byType(type);
    const servers = tried === undefined ? all : all.filter(({ id }) => !tried.has(id));
    return pickServer(type, key, servers, this.options.routes)?.id;
  }

  /** Rejects with what the last attempt did, or with `REMOTE_NO_SERVER`. */
  async call(
    call: RoutedCall,
    { timeoutMs = this.options.limits.requestMs, ...options }: CallOptions,
    attempt: Attempt,
  ): Promise<unknown> {
    const first = this.pick(call.type, call.key);
    if (first === undefined) throw new RemoteException('REMOTE_NO_SERVER', { ...call });
    const endsAt = performance.now() + timeoutMs;
    try {
      return await attempt(first, { ...options, timeoutMs });
    } catch (error) {
      return this.tryOthers(call, endsAt, options, attempt, first, error);
    }
  }

  private async tryOthers(
    call: RoutedCall,
    endsAt: number,
    options: CallOptions,
    attempt: Attempt,
    first: string,
    failure: unknown,
  ): Promise<unknown> {
    const tried = new Set([first]);
    let error = failure;
    for (;;) {
      const timeoutMs = endsAt - performance.now();
      const next = this.pick(call.type, call.key, tried);
      if (next === undefined || timeoutMs <= 0 || !mayTryAgain(error, options)) throw error;
      tried.add(next);
      try {
        return await attempt(next, { ...options, timeoutMs });
      } catch (again) {
        error = again;
      }
    }
  }
}

/** What was certainly not executed may be; what perhaps was, only when twice is fine. */
function mayTryAgain(error: unknown, { idempotent = false }: CallOptions): boolean {
  if (!(error instanceof RemoteException)) return false;
  return error.reason === 'REMOTE_NOT_DELIVERED' || (idempotent && error.reason === 'REMOTE_LOST');
}
