import { Inject, Injectable, type Type } from '@nestjs/common';
import { MetadataScanner } from '@nestjs/core';
import type { RoutingKey } from '../cluster/routing.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { CallOptions, RemoteClient } from './remote-client.js';
import { REMOTE_METADATA, remoteNameOf } from './remote.decorator.js';
import { RoutedCalls } from './routed-calls.js';
import { RpcService } from './rpc.service.js';

type Call = (method: string, args: readonly unknown[]) => unknown;
type Stub = Record<string, (...args: unknown[]) => unknown>;

/** Makes the typed client of a remote class. */
@Injectable()
export class RemoteClients {
  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
    private readonly routing: RoutedCalls,
    private readonly scanner: MetadataScanner,
  ) {}

  /** The client of a remote. Throws `REMOTE_MALFORMED` when the class is not decorated. */
  clientOf<T extends object>(remote: Type<T>): RemoteClient<T> {
    const name = remoteNameOf(remote);
    if (name === undefined)
      throw new PomeloConfigException('REMOTE_MALFORMED', { remote: '', handler: remote.name });
    const type = name.slice(0, name.indexOf('.'));
    const makeStub = this.stubFactory(remote);
    const client = {
      for: (key: RoutingKey, options?: CallOptions) =>
        makeStub((method, args) => this.routed(type, key, `${name}.${method}`, args, options)),
      to: (server: string, options?: CallOptions) =>
        makeStub((method, args) => this.call(server, `${name}.${method}`, args, options)),
      all: (options?: CallOptions) =>
        makeStub((method, args) => this.callAll(type, `${name}.${method}`, args, options)),
      notify: (key: RoutingKey) =>
        makeStub((method, args) => this.notify(type, key, `${name}.${method}`, args)),
    };
    // The one boundary between names known at run time and the types that the decorated class declares.
    return client as unknown as RemoteClient<T>;
  }

  private routed(
    type: string,
    key: RoutingKey,
    method: string,
    args: readonly unknown[],
    options: CallOptions = {},
  ): Promise<unknown> {
    return this.routing.call({ type, key, method }, options, (server, left) =>
      this.call(server, method, args, left),
    );
  }

  private async call(
    server: string,
    method: string,
    args: readonly unknown[],
    options?: CallOptions,
  ): Promise<unknown> {
    const interceptors = this.options.rpcInterceptors;
    if (interceptors.length === 0) return this.rpc.call(server, method, args, options);
    let next = (): Promise<unknown> => this.rpc.call(server, method, args, options);
    for (const intercept of interceptors.toReversed()) {
      const inner = next;
      next = async () => intercept({ server, method, args }, inner);
    }
    return next();
  }

  private notify(type: string, key: RoutingKey, method: string, args: readonly unknown[]): boolean {
    const server = this.routing.pick(type, key);
    return server !== undefined && this.rpc.notify(server, method, args);
  }

  private async callAll(
    type: string,
    method: string,
    args: readonly unknown[],
    options?: CallOptions,
  ): Promise<Map<string, unknown>> {
    const servers = this.registry.byType(type);
    const results = await Promise.allSettled(servers.map(({ id }) => this.call(id, method, args, options)));
    return new Map(servers.map(({ id }, index) => [id, valueOf(results[index])]));
  }

  /** Objects with one method for each exposed method: a method that is not exposed is not there. */
  private stubFactory(remote: Type<object>): (call: Call) => Stub {
    const prototype = remote.prototype as object;
    const exposed = this.scanner
      .getAllMethodNames(prototype)
      .filter((method) => Reflect.hasMetadata(REMOTE_METADATA, Reflect.get(prototype, method) as object));
    return (call) => {
      const stub: Stub = Object.create(null) as Stub;
      for (const method of exposed) stub[method] = (...args) => call(method, args);
      return stub;
    };
  }
}

function valueOf(result: PromiseSettledResult<unknown> | undefined): unknown {
  return result?.status === 'fulfilled' ? result.value : result?.reason;
}
