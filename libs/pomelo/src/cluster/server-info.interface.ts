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
  /** `draining` servers finish what they have and get nothing new. */
  readonly state: 'up' | 'draining';
  /** What its configuration says of it: host, port, zone. Plain JSON. */
  readonly metadata: Readonly<Record<string, unknown>>;
}
