import type { CertificateOptions, HybridOptions, PomeloLimits } from 'nestjs-pomelo';

/** What a spec file decides about the server that it attacks: one argument of its command line, as JSON. */
export interface HostileSettings {
  readonly limits?: Partial<PomeloLimits>;
  /** Options of the connector, as far as they are data. */
  readonly hybrid?: Partial<HybridOptions>;
  /** TLS on the same port, beside plain connections. Default none. */
  readonly certificate?: CertificateOptions | undefined;
  /** Refuses clients whose `sys.type` is `old`, and handshakes that it has seen before. */
  readonly looksAtHandshakes?: boolean;
}

/** What the server prints when it listens. */
export interface ServerStarted {
  readonly port: number;
  /** Port of its counters. */
  readonly metrics: number;
  readonly pid: number;
}

/** What the server logs last. */
export interface Obituary {
  /** How often the route `mark` was executed. */
  readonly marks: number;
  /** `reason transport` of everything that was refused. */
  readonly refusals: readonly string[];
}
