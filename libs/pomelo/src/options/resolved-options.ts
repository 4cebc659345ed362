import type { HandlerOrder } from '../handlers/handler-options.js';
import type { GuestJudge } from '../sessions/session-home.interface.js';
import type { SessionStorageOptions } from '../sessions/storage/session-storage.interface.js';
import type { ResolvedOverload } from '../overload/overload-options.js';
import type { PomeloLimits } from './limits.js';
import type { PomeloModuleOptions, SingleSessionPolicy } from './pomelo-options.interface.js';

/** Injection token of the {@link ResolvedOptions}. */
export const POMELO_OPTIONS = Symbol('POMELO_OPTIONS');

/** The checked options with every default filled in. */
export interface ResolvedOptions {
  readonly connectors: NonNullable<PomeloModuleOptions['connectors']>;
  readonly server: {
    readonly id: string;
    readonly types: readonly string[] | undefined;
    readonly namespace: string;
    readonly metadata: Readonly<Record<string, unknown>>;
  };
  readonly handshakeGuards: NonNullable<PomeloModuleOptions['handshakeGuards']>;
  readonly sessions: {
    readonly single: SingleSessionPolicy;
    readonly persist: SessionStorageOptions | undefined;
    readonly isGuest: GuestJudge | undefined;
  };
  readonly push: NonNullable<PomeloModuleOptions['push']>;
  readonly channels: NonNullable<PomeloModuleOptions['channels']>;
  readonly routes: NonNullable<PomeloModuleOptions['routes']>;
  readonly cluster: PomeloModuleOptions['cluster'];
  readonly rpcInterceptors: NonNullable<PomeloModuleOptions['rpcInterceptors']>;
  readonly overload: ResolvedOverload | undefined;
  readonly order: HandlerOrder;
  readonly trackRequests: boolean;
  readonly limits: Readonly<PomeloLimits>;
}
