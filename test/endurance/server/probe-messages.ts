/** What the probe is asked. */
export interface ProbeQuestion {
  /** Collects garbage first, so that the heap is what is in use. */
  readonly collect: boolean;
}

/** How the server is. */
export interface ServerSample {
  /** Resident set, in bytes. */
  readonly rss: number;
  /** JavaScript heap, in bytes. */
  readonly heapUsed: number;
  /** How long the event loop was held up since the start: the time that 99 of 100 turns stayed below, in ms. */
  readonly delayP99Ms: number;
  /** How often something was refused, by the reason. */
  readonly refusals: Readonly<Record<string, number>>;
  /** What keeps the event loop alive: timers, sockets, servers. */
  readonly resources: readonly string[];
}
