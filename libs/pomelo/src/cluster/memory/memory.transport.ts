import {
  PROBE,
  type Announcement,
  type ClusterTransport,
  type FrameSink,
  type OwnPeer,
  type PeerId,
} from '../cluster-driver.interface.js';

/** Moves batches between servers of one process, asynchronously, as an engine would. */
export class MemoryTransport implements ClusterTransport {
  readonly maxBatchBytes = 16 * 1024 * 1024;
  private self: OwnPeer | undefined;
  private sink: FrameSink | undefined;
  private announced: Uint8Array | undefined;
  private isListening = false;

  /** `peers` are the open transports of the driver, this one among them. */
  constructor(private readonly peers: Set<MemoryTransport>) {}

  async open(self: OwnPeer, sink: FrameSink): Promise<void> {
    this.self = self;
    this.sink = sink;
    this.peers.add(this);
  }

  async listen(on: boolean): Promise<void> {
    this.isListening = on;
  }

  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    const copy = Buffer.from(bytes);
    queueMicrotask(() => {
      const receivers = this.listenersOf(to);
      this.deliver(receivers, copy);
      if (receivers.length === 0) this.sink?.notDelivered(to, batchNo);
    });
    return true;
  }

  multicast(type: string, bytes: Uint8Array): boolean {
    const copy = Buffer.from(bytes);
    queueMicrotask(() => {
      const hosts = this.others().filter((peer) => peer.isListening && peer.self?.types.includes(type));
      this.deliver(hosts, copy);
    });
    return true;
  }

  probe(to: string): void {
    queueMicrotask(() => {
      if (this.listenersOf(to).length === 0) this.sink?.notDelivered(to, PROBE);
    });
  }

  announce(bytes: Uint8Array): void {
    const copy = Buffer.from(bytes);
    this.announced = copy;
    queueMicrotask(() => {
      const from = this.peerId;
      if (from === undefined) return;
      for (const peer of this.others()) peer.sink?.announcement(from, Buffer.from(copy));
    });
  }

  async hello(): Promise<readonly Announcement[]> {
    return this.others().flatMap(({ peerId: from, announced }) =>
      from === undefined || announced === undefined ? [] : [{ from, bytes: Buffer.from(announced) }],
    );
  }

  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    this.peers.delete(this);
    this.isListening = false;
    this.sink = undefined;
  }

  private get peerId(): PeerId | undefined {
    if (this.self === undefined) return undefined;
    const { id, inc, role } = this.self;
    return { id, inc, role };
  }

  private others(): MemoryTransport[] {
    return [...this.peers].filter((peer) => peer !== this && peer.self?.namespace === this.self?.namespace);
  }

  private listenersOf(id: string): MemoryTransport[] {
    return this.others().filter((peer) => peer.isListening && peer.self?.id === id);
  }

  /** A receiver may do with the bytes what it likes: each gets its own. */
  private deliver(receivers: readonly MemoryTransport[], bytes: Buffer): void {
    const from = this.peerId;
    if (from === undefined) return;
    const last = receivers.length - 1;
    for (const [at, peer] of receivers.entries())
      peer.sink?.batch(from, at === last ? bytes : Buffer.from(bytes));
  }
}
