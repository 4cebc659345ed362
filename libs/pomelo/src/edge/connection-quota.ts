import type { RejectReason } from '../diagnostics.js';
import type { PomeloLimits } from '../options/limits.js';
import { TokenBucket } from '../rates/token-bucket.js';
import { isLoopback, quotaKey } from './ip-address.js';

/** Why a connection is one too many. */
export type QuotaRefusal = Extract<RejectReason, 'max_connections' | 'conn_rate'>;

/** What a connection has moved; a `net.Socket` is one. */
export interface ByteCounts {
  readonly bytesRead: number;
  readonly bytesWritten: number;
}

/** The connections of one address. */
interface AddressUse {
  open: number;
  readonly bucket: TokenBucket;
}

/** Addresses looked at for forgetting whenever one is added: more than one, so that the table shrinks. */
const LOOKED_AT = 2;

/** The connections of this process: how many, from where, and how fast they come. The one place that counts them. */
export class ConnectionQuota {
  private readonly tickets = new Set<ConnectionTicket>();
  private readonly addresses = new Map<string, AddressUse>();
  private readBefore = 0;
  private writtenBefore = 0;

  constructor(private readonly limits: Readonly<PomeloLimits>) {}

  /** Connections that are open. */
  get open(): number {
    return this.tickets.size;
  }

  /** Addresses that are remembered: those with open connections, and those that connected a short time ago. */
  get knownAddresses(): number {
    return this.addresses.size;
  }

  /** Bytes of all connections since the start, below TLS and every protocol. */
  get bytes(): ByteCounts {
    let { readBefore: bytesRead, writtenBefore: bytesWritten } = this;
    for (const { counts } of this.tickets) {
      bytesRead += counts.bytesRead;
      bytesWritten += counts.bytesWritten;
    }
    return { bytesRead, bytesWritten };
  }

  /** Takes in a new connection; `undefined` when there are too many. Whoever takes the ticket calls {@link ConnectionTicket.leave}. */
  enter(counts: ByteCounts): ConnectionTicket | undefined {
    if (this.tickets.size >= this.limits.connections) return undefined;
    const ticket = new ConnectionTicket(this, counts);
    this.tickets.add(ticket);
    return ticket;
  }

  /** For {@link ConnectionTicket}. */
  enterFrom(key: string): QuotaRefusal | undefined {
    this.forgetSome();
    const use = this.useOf(key);
    if (use.open >= this.limits.connectionsPerIp) return 'max_connections';
    if (!use.bucket.take()) return 'conn_rate';
    use.open += 1;
    return undefined;
  }

  /** For {@link ConnectionTicket}. */
  forget(ticket: ConnectionTicket, key: string | undefined): void {
    if (!this.tickets.delete(ticket)) return;
    this.readBefore += ticket.counts.bytesRead;
    this.writtenBefore += ticket.counts.bytesWritten;
    const use = key === undefined ? undefined : this.addresses.get(key);
    if (use !== undefined) use.open -= 1;
  }

  private useOf(key: string): AddressUse {
    const known = this.addresses.get(key);
    if (known !== undefined) return known;
    const { connectsPerSecond: perSecond, connectBurst: burst } = this.limits;
    const use = { open: 0, bucket: new TokenBucket({ perSecond, burst }) };
    this.addresses.set(key, use);
    return use;
  }

  /** Forgets addresses that a new entry would not differ from; the others go to the end of the queue. */
  private forgetSome(): void {
    const now = performance.now();
    let left = LOOKED_AT;
    for (const [key, use] of this.addresses) {
      if (left === 0) return;
      left -= 1;
      this.addresses.delete(key);
      if (use.open > 0 || !use.bucket.isFull(now)) this.addresses.set(key, use);
    }
  }
}

/** One connection in the {@link ConnectionQuota}. */
export class ConnectionTicket {
  private key: string | undefined = undefined;

  constructor(
    private readonly quota: ConnectionQuota,
    readonly counts: ByteCounts,
  ) {}

  /**
   * Says where the connection comes from, once. Loopback addresses do not count: what connects from there is the
   * operator, or a proxy of this machine.
   */
  identify(address: string): QuotaRefusal | undefined {
    if (this.key !== undefined || isLoopback(address)) return undefined;
    const key = quotaKey(address);
    const refusal = this.quota.enterFrom(key);
    if (refusal === undefined) this.key = key;
    return refusal;
  }

  /** The connection is gone. Only the first call counts. */
  leave(): void {
    this.quota.forget(this, this.key);
  }
}
