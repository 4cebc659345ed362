import type { RedisOptions } from 'ioredis';

/** Options of {@link redis}. `url` or `options` must say where Redis is. */
export interface RedisDriverOptions {
  /** `redis://[[user]:password@]host[:port][/db]`, or `rediss://` for TLS. */
  readonly url?: string;
  /**
   * Options of ioredis, such as `host`, `tls`, `sentinels` or `password`. What decides about connecting again and about
   * sending again is set by the driver.
   */
  readonly options?: Readonly<RedisOptions>;
  /** Milliseconds after which a question about bindings is given up. Default 2000. */
  readonly timeoutMs?: number;
  /** Bytes that Redis may still have to take before senders are told to wait. Default 8388608. */
  readonly pressureBytes?: number;
}
