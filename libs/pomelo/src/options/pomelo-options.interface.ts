import type { CanActivate, Type } from '@nestjs/common';
import type { PushOptions } from '../push/push-scheduler.js';
import type { ChannelHistoryStore } from '../channels/history/channel-history-store.interface.js';
import type { RoutingFunction } from '../cluster/routing.js';
import type { ClusterDriver } from '../cluster/cluster-driver.interface.js';
import type { Connector } from '../connectors/connector.interface.js';
import type { HandlerOrder } from '../handlers/handler-options.js';
import type { GuestJudge } from '../sessions/session-home.interface.js';
import type { SessionStorageOptions } from '../sessions/storage/session-storage.interface.js';
import type { RpcInterceptor } from '../remotes/rpc-interceptor.js';
import type { OverloadOptions } from '../overload/overload-options.js';
import type { PomeloLimits } from './limits.js';

/** Which server of the architecture this process is. */
export interface ServerOptions {
  /** Unique in the cluster: 1 to 64 of `A-Z a-z 0-9 _ -`. Default `server-1`. */
  readonly id?: string;
  /** Server types hosted by this process. Default: every type that its handlers and remotes name. */
  readonly types?: readonly string[];
  /** Name of the cluster: clusters of different names on one broker do not see each other. Default `pomelo`. */
  readonly namespace?: string;
  /** Told to the other servers, for routing functions: host, port, zone. Plain JSON. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** What happens when a uid is bound that already has a live session. */
export type SingleSessionPolicy = false | 'kickOld' | 'refuseNew';

/** Options of {@link PomeloModule.forRoot}. */
export interface PomeloModuleOptions {
  /** Transports with their wire protocols: instances, or injectable classes made by Nest. Default none. */
  readonly connectors?: readonly (Connector | Type<Connector>)[];
  readonly server?: ServerOptions;
  /** Guards of the handshake, before those of `@UseHandshakeGuards`: injectable classes or instances. */
  readonly handshakeGuards?: readonly (CanActivate | Type<CanActivate>)[];
  readonly sessions?: {
    /** One session a user: kick the old one, refuse the new one, or allow many. Default false (many), as Pomelo. */
    readonly single?: SingleSessionPolicy;
    /** Keeps the values of users' sessions beyond their connections. Default: they end with the connection. */
    readonly persist?: SessionStorageOptions;
    /** Decides what `session.isGuest` says. Default: a session without a uid is a guest. */
    readonly isGuest?: GuestJudge;
  };
  /** When answers and pushes are written. */
  readonly push?: PushOptions;
  readonly channels?: {
    /** Keeps the history of cluster-wide channels. Default: this process, and in a cluster nobody. */
    readonly history?: ChannelHistoryStore;
  };
  /** Chooses the server of a type for a session; `default` serves the types that are not named. */
  readonly routes?: Readonly<Record<string, RoutingFunction>>;
  /** How servers find and call each other. Default: this process alone. */
  readonly cluster?: ClusterDriver;
  /** Around every call to a remote, on the calling side, the first one outermost. Default none. */
  readonly rpcInterceptors?: readonly RpcInterceptor[];
  /** When a part of the load is refused with 429, so that the rest is served in time. `true` takes the defaults. Default false. */
  readonly overload?: OverloadOptions | boolean;
  /** When the next message of a session is handed over, unless its handler says otherwise. Default `start`. */
  readonly order?: HandlerOrder;
  /**
   * Knows for which message code runs, so that the log of a crash names it; see `currentRequest` and the page on crashes.
   * Makes every promise of the process a little slower. Default false.
   */
  readonly trackRequests?: boolean;
  /** Numbers that bound what clients can cost; see the limits page. `false` lifts the flow limits, for measurements only. */
  readonly limits?: Partial<PomeloLimits> | false;
}
