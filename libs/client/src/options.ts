import { MAX_PACKAGE_BODY_BYTES, type BodyCompression } from 'nestjs-pomelo-protocol';
import type { ReconnectPolicy } from './reconnect.js';
import type { TransportFactory } from './transport.js';

/** What becomes of an answer that reports an error: a rejection, or the raw body as any other answer. */
export type ErrorMode = 'throw' | 'return';

/** How one request is sent and awaited. */
export interface RequestOptions {
  /** Milliseconds until the request rejects with `TIMEOUT`; default `requestTimeoutMs` of the client. */
  readonly timeoutMs?: number | undefined;
  /** Rejects the request with `ABORTED`; the server is not told. */
  readonly signal?: AbortSignal | undefined;
  /** Default `errors` of the client. */
  readonly errors?: ErrorMode | undefined;
}

/** How a client connects and behaves; everything has a default. */
export interface ClientOptions {
  /** `user` of the handshake, JSON. A function is called, and awaited, at each connect and reconnect: a fresh token. */
  readonly user?: unknown;
  /** `sys.type` of the handshake, which servers with a client check look at; default `nestjs-pomelo`. */
  readonly type?: string | undefined;
  /** `sys.version` of the handshake; default `0.1.0`. */
  readonly version?: string | undefined;
  /** Milliseconds from dialling to the handshake's reply; default 10 000. */
  readonly timeoutMs?: number | undefined;
  /** Milliseconds until a request rejects with `TIMEOUT`; default 10 000. */
  readonly requestTimeoutMs?: number | undefined;
  /**
   * `throw` (default): a request rejects with `PomeloRequestError` when its answer has the error flag, or is an object
   * with an integer `code` of 400 or more. `return`: the body is returned whatever it says, for applications that use
   * such bodies as data.
   */
  readonly errors?: ErrorMode | undefined;
  /** Re-establish a lost connection; `true` stands for the defaults. Default `false`. */
  readonly reconnect?: boolean | Partial<ReconnectPolicy> | undefined;
  /** Reconnect also when the server kicked this client; default `false`: only when it stops (code 4503) or has not heard of the client for too long (4408). */
  readonly reconnectAfterKick?: boolean | undefined;
  /** Come back to the same session after a reconnect, when the server keeps it; default `true`. */
  readonly resume?: boolean | undefined;
  /** The largest package body accepted, and the largest inflated one, in bytes; default 16 MiB - 1. */
  readonly maxPackageBytes?: number | undefined;
  /** Inflates bodies that pitaya-family servers compress; without one they end the connection as malformed. */
  readonly compression?: BodyCompression | undefined;
  /** Opens connections in place of the built-in transports. */
  readonly transport?: TransportFactory | undefined;
  /** Closes the client when aborted, whatever it is doing: connecting, open or reconnecting. */
  readonly signal?: AbortSignal | undefined;
}

/** Options with every default in place. */
export interface ResolvedOptions {
  readonly user: () => unknown;
  readonly type: string;
  readonly version: string;
  readonly timeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly errors: ErrorMode;
  readonly reconnect: ReconnectPolicy | undefined;
  readonly reconnectAfterKick: boolean;
  readonly resume: boolean;
  readonly maxPackageBytes: number;
  readonly compression: BodyCompression | undefined;
  readonly transport: TransportFactory;
  readonly signal: AbortSignal | undefined;
}

const DEFAULT_POLICY: ReconnectPolicy = { minDelayMs: 500, maxDelayMs: 30_000, maxAttempts: Infinity };

/** Fills in the defaults; `transport` is what the environment offers. */
export function resolveOptions(options: ClientOptions, transport: TransportFactory): ResolvedOptions {
  const { user, reconnect } = options;
  return {
    user: isUserFunction(user) ? user : () => user,
    type: options.type ?? 'nestjs-pomelo',
    version: options.version ?? '0.1.0',
    timeoutMs: options.timeoutMs ?? 10_000,
    requestTimeoutMs: options.requestTimeoutMs ?? 10_000,
    errors: options.errors ?? 'throw',
    reconnect: reconnect ? { ...DEFAULT_POLICY, ...(reconnect === true ? {} : reconnect) } : undefined,
    reconnectAfterKick: options.reconnectAfterKick ?? false,
    resume: Boolean(reconnect) && (options.resume ?? true),
    maxPackageBytes: options.maxPackageBytes ?? MAX_PACKAGE_BODY_BYTES,
    compression: options.compression,
    transport: options.transport ?? transport,
    signal: options.signal,
  };
}

function isUserFunction(user: unknown): user is () => unknown {
  return typeof user === 'function';
}
