/** A server of the cluster as its peers see it. */
export interface PeerId {
  /** Letters, digits, `_` and `-`. */
  readonly id: string;
  /** Differs for every start of the same id. */
  readonly inc: string;
  /** The hosted types, joined by `+`: an engine can restrict who may speak as what. */
  readonly role: string;
}

/** This server, as a transport has to know it. */
export interface OwnPeer extends PeerId {
  readonly types: readonly string[];
  /** Clusters of different names on one engine do not see each other. */
  readonly namespace: string;
}

/** What a transport tells the cluster layer above it. Every method is synchronous and must not throw. */
export interface FrameSink {
  /** Bytes of a peer, in the order in which that peer sent them. Valid during the call. */
  batch(from: PeerId, bytes: Uint8Array): void;
  /** The engine says that nobody listened: nothing of this batch was executed. {@link PROBE} is the answer to a probe. */
  notDelivered(to: string, batchNo: number): void;
  /** Announcement of a peer: it joined, is alive, changed or leaves. */
  announcement(from: PeerId, bytes: Uint8Array): void;
  /** The link to the engine came up or went down. Not called by `open` and after `close`. */
  state(state: 'up' | 'down'): void;
}

/** An announcement and who sent it. */
export interface Announcement {
  readonly from: PeerId;
  readonly bytes: Uint8Array;
}

/** Number of the batch that a probe is. */
export const PROBE = -1;

/**
 * Moves opaque batches between servers; knows nothing of calls, sessions or Nest. Calls, membership, batching and
 * routing are written once above it. While the link is down nothing is handed to it.
 */
export interface ClusterTransport {
  /** Largest batch it moves, in bytes. */
  readonly maxBatchBytes: number;
  /**
   * Connects; waits for an engine that is away for ever, and logs that. Rejects with `CLUSTER_REFUSED` when the engine
   * does not want us, such as for wrong credentials.
   */
  open(self: OwnPeer, sink: FrameSink): Promise<void>;
  /** Starts or stops receiving batches, sent to this server and to its types. */
  listen(on: boolean): Promise<void>;
  /** Sends a batch, in order for each receiver; false when more than the pressure limit waits to leave. */
  send(to: string, batchNo: number, bytes: Uint8Array): boolean;
  /** Sends to every other server that hosts a type: once, whatever their number. */
  multicast(type: string, bytes: Uint8Array): boolean;
  /** Asks the engine whether anybody listens for a server: `notDelivered(to, PROBE)` when nobody does. */
  probe(to: string): void;
  /** Tells every other server about this one, and who asks for it later. */
  announce(bytes: Uint8Array): void;
  /** The last announcement of every other live server. */
  hello(): Promise<readonly Announcement[]>;
  /** Resolves when everything sent so far has left. */
  flush(): Promise<void>;
  /** Leaves the engine; pending `open` ends. */
  close(): Promise<void>;
}

/** Where a user is connected. Counts only while its frontend runs with the same incarnation. */
export interface Binding {
  readonly frontendId: string;
  readonly inc: string;
  readonly sessionId: string;
}

/** Decides what a user is bound to, by what it is bound to; `undefined` leaves it. Called again when somebody was faster. */
export type BindingChange = (held: readonly Binding[]) => readonly Binding[] | undefined;

/** Where the users of the whole cluster are connected. */
export interface BindingStore {
  open(namespace: string): Promise<void>;
  /**
   * Replaces the bindings of a user atomically, and gives those that were there before. Bindings that nobody writes for
   * a day are forgotten. Rejects when the store cannot be asked.
   */
  update(uid: string, change: BindingChange): Promise<readonly Binding[]>;
  get(uid: string): Promise<readonly Binding[]>;
  /** In the order of the uids. */
  getMany(uids: readonly string[]): Promise<readonly (readonly Binding[])[]>;
  close(): Promise<void>;
}

/** An engine between servers. Given as `cluster` in the options. */
export interface ClusterDriver {
  /** For logs. */
  readonly name: string;
  createTransport(): ClusterTransport;
  createBindings(): BindingStore;
}
