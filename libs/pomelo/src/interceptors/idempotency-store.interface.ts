/** What became of a request: its answer, or the error that its handler threw on purpose. Plain data, if the answer is. */
export type IdempotentOutcome =
  | { readonly value?: unknown }
  | {
      readonly error: {
        readonly code: number;
        readonly msg?: string;
        readonly data?: Readonly<Record<string, unknown>>;
      };
    };

/** What a store says to a claim: the key is the caller's now, somebody works on it, or it is done. */
export type IdempotencyClaim = 'yours' | 'running' | IdempotentOutcome;

/** Where the outcomes of requests are kept by their keys. A store that several servers share lets them find each other's. */
export interface IdempotencyStore {
  /** Takes a key that nobody has, in one step with looking for it. A claim that nobody settles ends after `ttlMs`. */
  claim(key: string, ttlMs: number): IdempotencyClaim | Promise<IdempotencyClaim>;
  /** Keeps the outcome of a claimed key for `ttlMs`. */
  keep(key: string, outcome: IdempotentOutcome, ttlMs: number): void | Promise<void>;
  /** Gives a claimed key back: what was asked for has not been done. */
  release(key: string): void | Promise<void>;
}
