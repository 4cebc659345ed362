/** What a transport tells the cluster layer above it. Every method is synchronous and must not throw. */
export interface FrameSink {
  /** Bytes of a peer, in the order in which that peer sent them. */
  batch(from: PeerId, bytes: Uint8Array): void;
  /** The engine says that nobody listened: nothing of this batch was executed. */
  notDelivered(to: string, batchNo: number): void;
  /** Announcement of a peer: it joined, changed or leaves. */
  announcement(bytes: Uint8Array): void;
  /** The link to the engine came up or went down. */
  state(state: 'up' | 'down'): void;
}

/** A server of the cluster; `inc` differs for every start of the same id. */
export interface PeerId {
  readonly id: string;
  readonly inc: string;
}

/**
 * Moves opaque batches between servers; knows nothing of calls, sessions or Nest. Calls, membership and routing are
 * written once above it.
 */
export interface ClusterTransport {
  /** Largest batch it moves, in bytes. */
  readonly maxBatchBytes: number;
  /** Joins the engine; rejects when the engine is out of reach or the id is taken. */
  open(self: PeerId & { readonly types: readonly string[] }, sink: FrameSink): Promise<void>;
  /** Starts or stops receiving batches. */
  listen(on: boolean): Promise<void>;
  /** Sends a batch, in order for each receiver; false when the receiver is over its pressure limit. */
  send(to: string, batchNo: number, bytes: Uint8Array): boolean;
  /** Tells every other server about this one. */
  announce(bytes: Uint8Array): void;
  /** The last announcement of every live peer. */
  hello(): Promise<Uint8Array[]>;
  /** Resolves when everything sent so far has left. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** Makes the transport of one server. Given as `cluster` in the options. */
export interface ClusterDriver {
  /** For logs. */
  readonly name: string;
  createTransport(): ClusterTransport;
}
