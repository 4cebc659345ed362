/** What a proxy says of a connection that it passes on. */
export interface ProxyHead {
  /** Bytes of the head; what the client sent begins behind them. */
  readonly length: number;
  /**
   * Address of the client, in the form in which Node writes addresses. Undefined when the proxy speaks for itself (LOCAL)
   * or does not know (UNKNOWN, UNSPEC, a Unix socket): then the connection's own address counts.
   */
  readonly address: string | undefined;
  /** Port of the client; undefined exactly when `address` is. */
  readonly port: number | undefined;
}

/** A head that names nobody. */
export function anonymousHead(length: number): ProxyHead {
  return { length, address: undefined, port: undefined };
}
