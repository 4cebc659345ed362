/** Remembers which tokens were used, as long as they could be used again. */
export interface ReplayStore {
  /**
   * Notes a token as used. False when it is noted already. Must be atomic: of two at the same time one gets true. May
   * reject: then the token is refused with 503.
   *
   * @param id Made from `iss` and `jti`: 43 characters of `A-Z a-z 0-9 _ -`.
   * @param ttlMs Milliseconds after which nobody can use the token any more.
   */
  use(id: string, ttlMs: number): boolean | Promise<boolean>;
}
