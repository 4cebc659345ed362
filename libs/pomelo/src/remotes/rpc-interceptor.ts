/** A call to a remote that is about to be made. */
export interface OutgoingCall {
  /** Id of the server that is called. */
  readonly server: string;
  /** `serverType.name.method`. */
  readonly method: string;
  readonly args: readonly unknown[];
}

/**
 * Code around a call, on the calling side: Pomelo's rpc filters. What it returns is the result, what it throws the error;
 * without `next()` the call is not made. On the side that is called, guards, pipes, interceptors and filters of Nest do it.
 */
export type RpcInterceptor = (call: OutgoingCall, next: () => Promise<unknown>) => Promise<unknown>;
