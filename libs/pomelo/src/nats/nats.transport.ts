import {
  PROBE,
  type Announcement,
  type ClusterTransport,
  type FrameSink,
  type OwnPeer,
} from '../cluster/cluster-driver.interface.js';
import { withinTime } from '../timing/within-time.js';
import type { AbsenceLog } from './absence-log.js';
import { NatsLink } from './nats-link.js';
import { NatsMember } from './nats-member.js';
import { NOTHING } from './nats-payload.js';
import type { ResolvedNatsOptions } from './resolve-nats-options.js';

/** What a NATS server takes by default, and the most that is made use of, in bytes. */
const MAX_PAYLOAD = 1024 * 1024;
/** Kept free in each message, in bytes. */
const ROOM = 1024;
/** For the last words, in ms. */
const FAREWELL_MS = 500;

/** Moves batches over NATS, one message each. */
export class NatsTransport implements ClusterTransport {
  private member: NatsMember | undefined;
  private link: NatsLink | undefined;
  private closing: Promise<void> | undefined;

  constructor(
    private readonly options: ResolvedNatsOptions,
    private readonly absence: AbsenceLog,
  ) {}

  get maxBatchBytes(): number {
    return Math.min(this.member?.maxPayload ?? MAX_PAYLOAD, MAX_PAYLOAD) - ROOM;
  }

  async open(self: OwnPeer, sink: FrameSink): Promise<void> {
    this.member = new NatsMember(this.options, self, sink);
    this.link = new NatsLink(this.options, self.id, this.member, this.absence);
    await this.link.open();
  }

  async listen(on: boolean): Promise<void> {
    await this.member?.listen(on);
  }

  send(to: string, batchNo: number, bytes: Uint8Array): boolean {
    return this.member?.send(to, batchNo, bytes) ?? true;
  }

  multicast(type: string, bytes: Uint8Array): boolean {
    return this.member?.multicast(type, bytes) ?? true;
  }

  probe(to: string): void {
    this.member?.send(to, PROBE, NOTHING);
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

  close(): Promise<void> {
    this.closing ??= this.leave();
    return this.closing;
  }

  private async leave(): Promise<void> {
    const { member, link } = this;
    this.member = undefined;
    // Whoever leaves a NATS that is frozen must not wait for it.
    if (member !== undefined) await withinTime(member.leave(), FAREWELL_MS, frozen).catch(() => {});
    await link?.close();
  }
}

function frozen(): Error {
  return new Error('NATS does not answer');
}
