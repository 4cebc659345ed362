import type {
  Announcement,
  ClusterTransport,
  FrameSink,
  OwnPeer,
} from '../cluster/cluster-driver.interface.js';
import { RedisMember } from './redis-member.js';
import type { RedisOutage } from './redis-outage.js';
import type { ResolvedRedisOptions } from './resolve-redis-options.js';

/** Moves batches over the channels of Redis. */
export class RedisTransport implements ClusterTransport {
  /** Redis cuts a subscriber off that has 32 MB to take: a few batches must be far from that. */
  readonly maxBatchBytes = 1024 * 1024;
  private member: RedisMember | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedRedisOptions,
    private readonly outage: RedisOutage,
  ) {}

  async open(self: OwnPeer, sink: FrameSink): Promise<void> {
    this.member = new RedisMember(this.options, this.outage, self, sink);
    await this.member.open();
  }

  async listen(on: boolean): Promise<void> {
    await this.member?.listen(on);
  }

  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    return this.member?.send(to, batchNo, bytes) ?? false;
  }

  multicast(type: string, bytes: Uint8Array): boolean {
    return this.member?.multicast(type, bytes) ?? false;
  }

  probe(to: string): void {
    this.member?.probe(to);
  }

  announce(bytes: Uint8Array): void {
    this.member?.announce(bytes);
  }

  async hello(): Promise<readonly Announcement[]> {
    return (await this.member?.hello()) ?? [];
  }

  async flush(): Promise<void> {
    await this.member?.flush();
  }

  async close(): Promise<void> {
    this.closing ??= this.member?.close();
    await this.closing;
  }
}
