import type { RoutingKey } from '../cluster/routing.js';
import type { RemoteException } from '../errors/remote.exception.js';

/** How one call is made. */
export interface CallOptions {
  /** Time until the call fails with 504, in ms. Default: `limits.requestMs`. */
  readonly timeoutMs?: number;
  /**
   * The method may be executed twice: then a call whose server was lost is made again elsewhere. A call that was
   * certainly not executed is made again anyway, within its time. Default false.
   */
  readonly idempotent?: boolean;
  /** Gives the call up; it may be executed all the same. */
  readonly signal?: AbortSignal;
}

type AnyMethod = (...args: never[]) => unknown;
type MethodNames<T> = { [K in keyof T]: T[K] extends AnyMethod ? K : never }[keyof T];

/** The methods of a remote as its caller sees them: the same arguments, always a promise. */
export type RemoteMethods<T> = {
  [K in MethodNames<T>]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Awaited<R>>
    : never;
};

/** The methods of a remote on every server of its type: one result, or one error, a server. */
export type RemoteFanOut<T> = {
  [K in MethodNames<T>]: T[K] extends (...args: infer A) => infer R
    ? (...args: A) => Promise<Map<string, Awaited<R> | RemoteException | Error>>
    : never;
};

/** The methods of a remote without an answer; false when it is known that the message will not arrive. */
export type RemoteNotify<T> = {
  [K in MethodNames<T>]: T[K] extends (...args: infer A) => unknown ? (...args: A) => boolean : never;
};

/**
 * Calls a remote on other servers, or on this one: the same code. Every call settles: a result, the error that the
 * remote threw, or a {@link RemoteException} (not delivered, timed out, failed).
 *
 * @example await this.chat.for(session).add(uid, session.frontendId, room);
 */
export interface RemoteClient<T extends object> {
  /** The server that the routing function picks for a session, a text, or anybody (null). */
  for(key: RoutingKey, options?: CallOptions): RemoteMethods<T>;
  /** The server with this id. */
  to(serverId: string, options?: CallOptions): RemoteMethods<T>;
  /** Every running server of the type. */
  all(options?: CallOptions): RemoteFanOut<T>;
  /** As {@link for}, but nobody waits: at most once, errors are logged where they happen. */
  notify(key: RoutingKey): RemoteNotify<T>;
}
