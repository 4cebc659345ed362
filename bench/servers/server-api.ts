/** What every server of the benchmark can be asked, whatever it is. */
export interface ServerApi {
  /** CPU time that it has used so far, user and system, in microseconds. */
  cpuMicros(): number;
  /** Collects its garbage. */
  collect(): void;
  /** Begins to count what it allocates. */
  countGarbage(): void;
  /** What it has allocated since then, in bytes. */
  garbage(): number;
}

/** What a server is told. */
export interface ServerSettings {
  /** A free TCP port; who can listen on 0 does not need it. */
  readonly port: number;
  readonly transport: 'tcp' | 'ws';
}

/** What a server says when it listens. */
export interface ServerAddress {
  readonly port: number;
}
