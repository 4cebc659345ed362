import type { Announcement, ClusterDriver, ClusterTransport, FrameSink, OwnPeer } from 'nestjs-pomelo';

/** The way of one server to the others, with a tap: what it sends can be counted and lost. */
export class TappedDriver implements ClusterDriver {
  readonly name = 'tapped';
  /** Nothing that the server sends arrives; what it receives does. */
  isClosed = false;
  /** Bytes that were sent to servers, whether they were lost or not. */
  sentBytes = 0;
  /** Batches that were lost. */
  lost = 0;

  constructor(private readonly driver: ClusterDriver) {}

  createTransport(): ClusterTransport {
    return new TappedTransport(this.driver.createTransport(), this);
  }

  createBindings(): ReturnType<ClusterDriver['createBindings']> {
    return this.driver.createBindings();
  }
}

class TappedTransport implements ClusterTransport {
  constructor(
    private readonly inner: ClusterTransport,
    private readonly tap: TappedDriver,
  ) {}

  get maxBatchBytes(): number {
    return this.inner.maxBatchBytes;
  }

  open(self: OwnPeer, sink: FrameSink): Promise<void> {
    return this.inner.open(self, sink);
  }

  listen(on: boolean): Promise<void> {
    return this.inner.listen(on);
  }

  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    this.tap.sentBytes += bytes.length;
    if (this.tap.isClosed) this.tap.lost += 1;
    return this.tap.isClosed || this.inner.send(to, batchNo, bytes);
  }

  multicast(type: string, bytes: Uint8Array): boolean {
    return this.tap.isClosed || this.inner.multicast(type, bytes);
  }

  probe(to: string): void {
    if (!this.tap.isClosed) this.inner.probe(to);
  }

  announce(bytes: Uint8Array): void {
    if (!this.tap.isClosed) this.inner.announce(bytes);
  }

  hello(): Promise<readonly Announcement[]> {
    return this.inner.hello();
  }

  flush(): Promise<void> {
    return this.inner.flush();
  }

  close(): Promise<void> {
    return this.inner.close();
  }
}
