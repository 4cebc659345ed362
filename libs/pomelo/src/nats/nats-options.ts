import type { NodeConnectionOptions } from '@nats-io/transport-node';

/** Where the bindings of users are kept: a key-value store of JetStream. */
export interface NatsBucketOptions {
  /** Servers of the NATS cluster that keep a copy: 1, 3 or 5. Counts when the store is made. Default 1. */
  readonly replicas?: number;
  /**
   * Stores among which users are spread, so that their leaders share the work: from thousands of logins a second on. The
   * same for every server of the cluster. Default 1.
   */
  readonly buckets?: number;
}

/** Options of {@link nats}. */
export interface NatsOptions
  extends
    Pick<NodeConnectionOptions, 'authenticator' | 'pass' | 'token' | 'user'>,
    Readonly<{ tls?: NonNullable<NodeConnectionOptions['tls']> }> {
  /** Addresses as `nats://host:4222`, of one NATS server or several of one NATS cluster. */
  readonly servers: string | readonly string[];
  /** Names the connections in the monitoring of NATS. Default the id of the server. */
  readonly name?: string;
  /** What the subjects begin with on which JetStream answers this server. Default `_INBOX`. */
  readonly inboxPrefix?: string;
  /** Bytes that may be on their way to NATS before senders are told to wait. Default 8388608. */
  readonly pressureBytes?: number;
  /** Default: one store without copies. */
  readonly kv?: NatsBucketOptions;
}
