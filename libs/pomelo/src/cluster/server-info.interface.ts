/** Where a server listens for clients. */
export interface ListenAddress {
  /** For example `tcp+ws`. */
  readonly protocol: string;
  readonly host: string;
  readonly port: number;
}

/** How much a server has to do, as of its last heartbeat. */
export interface ServerLoad {
  /** Calls and forwarded requests that it works on. */
  readonly calls: number;
  /** Connected clients. */
  readonly sessions: number;
}

/** A running server of the cluster. */
export interface ServerInfo {
  /** Unique in the cluster. */
  readonly id: string;
  /** Differs for every start of the same id. */
  readonly inc: string;
  /** Server types that it hosts. */
  readonly types: readonly string[];
  /** It has connectors. */
  readonly frontend: boolean;
  /** Where its connectors listen, with the real ports; empty until they do. */
  readonly addresses: readonly ListenAddress[];
  /** `draining` servers finish what they have and get nothing new. */
  readonly state: 'up' | 'draining';
  /** What its configuration says of it: host, port, zone. Plain JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly load: ServerLoad;
}
