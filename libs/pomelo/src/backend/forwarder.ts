import { Inject, Injectable } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RoutedCalls } from '../remotes/routed-calls.js';
import { RpcService } from '../remotes/rpc.service.js';
import type { FrontendSession } from '../sessions/frontend-session.js';

/** The method that takes messages of clients which another server received. */
export const FORWARD = '$forward';

/** Sends messages of clients to the servers that handle them. */
@Injectable()
export class Forwarder {
  /** Types that are hosted here and that a routing function may send elsewhere all the same. */
  private readonly isRouted: boolean;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly routing: RoutedCalls,
    private readonly rpc: RpcService,
  ) {
    this.isRouted = Object.keys(options.routes).length > 0;
  }

  /** A type that is hosted here goes elsewhere for this session. Without routing functions, and among one, it does not. */
  goesElsewhere(type: string, session: FrontendSession): boolean {
    if (!this.isRouted) return false;
    const { routes, server } = this.options;
    if (!Object.hasOwn(routes, type) && !Object.hasOwn(routes, 'default')) return false;
    if (this.registry.byType(type).length < 2) return false;
    const picked = this.routing.pick(type, session.view());
    return picked !== undefined && picked !== server.id;
  }

  /** Another server hosts this type. */
  isServed(type: string): boolean {
    return this.registry.byType(type).some(({ id }) => id !== this.options.server.id);
  }

  /** Takes a request to its server, and gives the answer. Messages of one session leave in their order. */
  request(type: string, session: FrontendSession, message: ClientMessage): Promise<unknown> {
    const args = forwardedArgs(session, message);
    return this.routing.call({ type, key: session.view(), method: message.route }, {}, (server, options) =>
      this.rpc.call(server, FORWARD, args, options),
    );
  }

  /** Takes a notify to its server; false when it is known that it will not arrive. */
  notify(type: string, session: FrontendSession, message: ClientMessage): boolean {
    const server = this.routing.pick(type, session.view());
    return server !== undefined && this.rpc.notify(server, FORWARD, forwardedArgs(session, message));
  }
}

function forwardedArgs(
  session: FrontendSession,
  { id, route, body, undecoded, expiresAt }: ClientMessage,
): unknown[] {
  const isRequest = id !== undefined;
  const args = [session.toRecord(), isRequest, route, undecoded === undefined ? body : undefined];
  // Clocks of two servers are not compared.
  if (expiresAt !== undefined) return [...args, undecoded, expiresAt - performance.now()];
  return undecoded === undefined ? args : [...args, undecoded];
}
