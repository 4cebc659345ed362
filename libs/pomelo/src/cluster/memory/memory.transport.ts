import { PomeloConfigException } from '../../errors/pomelo.exception.js';
import type { ClusterTransport, FrameSink, PeerId } from '../cluster-driver.interface.js';

/** The servers that share one memory driver, by id. */
export type MemoryPeers = Map<string, MemoryTransport>;

/** Moves batches between servers of one process, asynchronously, as an engine would. */
export class MemoryTransport implements ClusterTransport {
  readonly maxBatchBytes = Number.MAX_SAFE_INTEGER;
  private self: PeerId | undefined;
  private sink: FrameSink | undefined;
  private announced: Uint8Array | undefined;
  private listening = false;

  constructor(private readonly peers: MemoryPeers) {}

  async open(self: PeerId, sink: FrameSink): Promise<void> {
    if (this.peers.has(self.id)) throw new PomeloConfigException('SERVER_DUPLICATE', { id: self.id });
    this.self = self;
    this.sink = sink;
    this.peers.set(self.id, this);
    sink.state('up');
  }

  async listen(on: boolean): Promise<void> {
    this.listening = on;
  }

  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    queueMicrotask(() => {
      const peer = this.peers.get(to);
      if (peer?.listening === true && this.self !== undefined) peer.sink?.batch(this.self, bytes);
      else this.sink?.notDelivered(to, batchNo);
    });
    return true;
  }

  announce(bytes: Uint8Array): void {
    this.announced = bytes;
    for (const peer of this.peers.values()) {
      if (peer !== this) queueMicrotask(() => peer.sink?.announcement(bytes));
    }
  }

  async hello(): Promise<Uint8Array[]> {
    return [...this.peers.values()].flatMap((peer) =>
      peer === this || peer.announced === undefined ? [] : [peer.announced],
    );
  }

  async flush(): Promise<void> {
    await Promise.resolve();
  }

  async close(): Promise<void> {
    if (this.self !== undefined && this.peers.get(this.self.id) === this) this.peers.delete(this.self.id);
    this.listening = false;
    this.sink = undefined;
  }
}
