import type { PeerId } from './cluster-driver.interface.js';
import type { LeaveReason, ServerRegistry } from './server-registry.js';

/** Silence after which a server is asked after, in heartbeats. */
const PROBE_AFTER = 1.25;
/** The same for a server that owes an answer: whoever waits for it wants to know. */
const PROBE_DEBTOR_AFTER = 0.5;
/** Silence after which a server counts as gone, in heartbeats. */
const GONE_AFTER = 3;
/** After so many heartbeats of standstill, or of silence around it, this server may count as gone: its last beat was before. */
const AWAY_AFTER = GONE_AFTER - 1;
/** Looks in a heartbeat. */
const LOOKS = 4;

/** The one question that the membership has for an engine. */
export interface Prober {
  probe(to: string): void;
}

interface Peer {
  readonly inc: string;
  lastSeen: number;
}

/**
 * Which servers are alive, by what is heard of them: whoever is silent is asked after, and whoever stays silent is gone.
 * Our own stall, or a link that was down, is no evidence against anybody.
 */
export class Membership {
  private readonly peers = new Map<string, Peer>();
  private timer: NodeJS.Timeout | undefined;
  private lastLook = 0;
  private isUp = true;
  private upSince = -Infinity;
  private heardAt = 0;
  private onReturn: () => void = () => {};

  constructor(
    private readonly registry: ServerRegistry,
    private readonly prober: Prober,
    private readonly heartbeatMs: number,
    /** The servers that owe an answer. */
    private readonly debtors: () => ReadonlySet<string>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Starts to look; `beat` is called once a heartbeat, and `onReturn` when others may have counted this server as gone:
   * it stood still, or heard nobody for a while.
   */
  start(beat: () => void, onReturn: () => void): void {
    let looks = 0;
    this.onReturn = onReturn;
    this.lastLook = this.now();
    this.heardAt = this.lastLook;
    this.timer = setInterval(() => {
      this.look();
      looks += 1;
      if (looks % LOOKS === 0) beat();
    }, this.heartbeatMs / LOOKS).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** A server announced itself. */
  announced({ id, inc }: PeerId): void {
    const now = this.listen();
    const peer = this.peers.get(id);
    if (peer?.inc === inc) peer.lastSeen = now;
    else this.peers.set(id, { inc, lastSeen: now });
  }

  /** Anything else came from a server. */
  heard({ id, inc }: PeerId): void {
    const now = this.listen();
    const peer = this.peers.get(id);
    if (peer?.inc === inc) peer.lastSeen = now;
  }

  /** The engine says that nobody listens there; right after a reconnect that may be only because it has not come back yet. */
  nobodyListens(id: string): void {
    if (!this.isUp || this.now() - this.upSince < GONE_AFTER * this.heartbeatMs) return;
    const peer = this.peers.get(id);
    if (peer !== undefined) this.remove(id, peer.inc, 'probe');
  }

  remove(id: string, inc: string, why: LeaveReason): void {
    if (this.peers.get(id)?.inc === inc) this.peers.delete(id);
    this.registry.remove(id, inc, why);
  }

  /** The link to the engine came up or went down. */
  link(isUp: boolean): void {
    this.isUp = isUp;
    if (!isUp) return;
    this.upSince = this.now();
    this.excuse(this.upSince);
  }

  /** Looks for silent servers. */
  look(): void {
    const now = this.now();
    const standstill = (now - this.lastLook) / this.heartbeatMs;
    this.lastLook = now;
    if (standstill > 1) this.excuse(now);
    if (standstill > AWAY_AFTER) this.onReturn();
    if (!this.isUp) return;
    let debtors: ReadonlySet<string> | undefined;
    for (const [id, { inc, lastSeen }] of this.peers) {
      const beats = (now - lastSeen) / this.heartbeatMs;
      if (beats > GONE_AFTER) this.remove(id, inc, 'timeout');
      else if (beats > PROBE_AFTER) this.prober.probe(id);
      else if (beats > PROBE_DEBTOR_AFTER && (debtors ??= this.debtors()).has(id)) this.prober.probe(id);
    }
  }

  private listen(): number {
    const now = this.now();
    const silence = (now - this.heardAt) / this.heartbeatMs;
    this.heardAt = now;
    if (silence > AWAY_AFTER) this.onReturn();
    return now;
  }

  private excuse(now: number): void {
    this.heardAt = now;
    for (const peer of this.peers.values()) peer.lastSeen = now;
  }
}
