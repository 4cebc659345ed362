import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { decodeAnnouncement, encodeAnnouncement, PROTOCOL_VERSION } from './announcement.js';
import { PROBE, type ClusterTransport, type FrameSink, type PeerId } from './cluster-driver.interface.js';
import { joinFrames, batchedBytes, splitFrames } from './frame-batch.js';
import { Membership } from './membership.js';
import { memory } from './memory/memory.driver.js';
import { NO_CALL, Outbox, type FrameSender } from './outbox.js';
import type { ListenAddress, ServerInfo, ServerLoad } from './server-info.interface.js';
import { ServerRegistry } from './server-registry.js';

/** What takes the frames of peers and waits for the fate of its own: the call layer. */
export interface FrameReceiver extends FrameSender {
  /** One frame of a peer. The bytes are valid during the call. */
  frame(from: PeerId, bytes: Uint8Array): void;
  /** Nobody listened: nothing of this batch was executed. */
  notDelivered(to: string, batchNo: number): void;
  /** The link to the engine is gone, and with it the answers to everything that was written. */
  linkLost(): void;
}

/** What a server tells of itself. */
export interface OwnServer {
  readonly types: readonly string[];
  /** Read at every heartbeat. */
  load(): ServerLoad;
}

/** How long the start waits for an engine that does not answer; then the server serves what it can alone. */
const START_PATIENCE_MS = 1_000;
/** Time for the news that this server drains, before it stops to listen. */
const DRAIN_NOTICE_MS = 100;

/** Joins the cluster, keeps the registry, and moves frames. */
@Injectable()
export class ClusterService implements FrameSink {
  /** Differs for every start. */
  readonly inc = randomBytes(6).toString('hex');
  private readonly logger = new Logger('Pomelo');
  private readonly transport: ClusterTransport;
  private readonly membership: Membership;
  private readonly bornAt = performance.now();
  private readonly entries: (() => Promise<void>)[] = [];
  private readonly strangers = new Set<string>();
  private outbox: Outbox | undefined;
  private receiver: FrameReceiver | undefined;
  private own: OwnServer | undefined;
  private isUp = true;
  private hasEntered = false;
  private isLeaving = false;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
  ) {
    this.transport = (options.cluster ?? memory()).createTransport();
    this.membership = new Membership(registry, this.transport, options.limits.clusterHeartbeatMs);
    registry.on('leave', ({ id }) => this.outbox?.forget(id));
  }

  /** The server runs beside others. */
  get isClustered(): boolean {
    return this.options.cluster !== undefined;
  }

  /** It has been a member once. */
  get hasJoined(): boolean {
    return this.hasEntered;
  }

  /**
   * Joins; the receiver gets the frames. An engine that is away is waited for in the background. Rejects with
   * `SERVER_DUPLICATE`, or `CLUSTER_REFUSED` when the engine does not want us.
   */
  async join(own: OwnServer, receiver: FrameReceiver): Promise<void> {
    const { clusterQueueBytes: queueBytes, clusterWaitMs: waitMs } = this.options.limits;
    this.receiver = receiver;
    this.own = own;
    this.outbox = new Outbox(this.transport, { queueBytes, waitMs }, receiver);
    this.registry.setSelf(this.describe('up', []));
    const entered = this.enter();
    const patience = new AbortController();
    const late = delay(START_PATIENCE_MS, 'late', { signal: patience.signal }).catch(() => 'in time');
    try {
      const outcome = await Promise.race([entered, late]);
      if (outcome === 'late') this.enterLater(entered);
    } catch (error) {
      await this.leave();
      throw error;
    } finally {
      patience.abort();
    }
  }

  /** Calls `work` whenever this server joins, or comes back after the link was down. What it rejects with is logged. */
  onLinked(work: () => Promise<void>): void {
    this.entries.push(work);
  }

  /** Tells the cluster where clients find this server. */
  listening(addresses: readonly ListenAddress[]): void {
    this.tell({ ...this.registry.self, addresses });
  }

  /** Tells the cluster to send nothing new here, and gives it time to hear that. */
  async drain(): Promise<void> {
    if (!this.hasEntered || this.isLeaving) return;
    this.tell(this.describe('draining', this.registry.self.addresses));
    if (this.registry.isReady && this.hasPeers()) await delay(DRAIN_NOTICE_MS);
  }

  /** Nothing new comes in any more; answers that are sent after it still leave. */
  async stopListening(): Promise<void> {
    this.isLeaving = true;
    if (this.hasEntered) await this.transport.listen(false);
  }

  /** Says goodbye. */
  async leave(): Promise<void> {
    if (this.receiver === undefined) return;
    this.isLeaving = true;
    this.receiver = undefined;
    this.membership.stop();
    this.outbox?.flush();
    this.outbox?.stop();
    if (this.registry.isReady) {
      this.transport.announce(encodeAnnouncement(undefined, this.uptimeMs));
      await this.transport.flush();
    }
    this.registry.setLinked(false);
    await this.transport.close();
  }

  /** Sends one frame; false when too much waits already. Frames to this server itself take the short way. */
  send(to: string, bytes: Uint8Array, callId = NO_CALL): boolean {
    if (to === this.options.server.id) {
      queueMicrotask(() => this.receiver?.frame(this.self, bytes));
      return true;
    }
    return this.outbox?.send(to, bytes, callId) ?? false;
  }

  /** Sends one frame to every other server that hosts a type, behind what was sent to each. False when the link is down. */
  multicast(type: string, bytes: Uint8Array): boolean {
    if (!this.registry.isReady) return false;
    this.outbox?.flush();
    this.transport.multicast(type, joinFrames([bytes], batchedBytes(bytes)));
    return true;
  }

  batch(from: PeerId, bytes: Uint8Array): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    this.membership.heard(from);
    if (!splitFrames(bytes, (frame) => receiver.frame(from, frame)))
      this.logger.error(`Server ${from.id} sent bytes that are no frames`);
  }

  notDelivered(to: string, batchNo: number): void {
    if (batchNo !== PROBE) this.receiver?.notDelivered(to, batchNo);
    this.membership.nobodyListens(to);
  }

  announcement(from: PeerId, bytes: Uint8Array): void {
    const announced = decodeAnnouncement(bytes);
    if (announced === undefined || announced.version !== PROTOCOL_VERSION) {
      this.warnStranger(from, announced?.version);
      return;
    }
    const { info, uptimeMs } = announced;
    if (from.id === this.options.server.id) {
      if (from.inc !== this.inc && info !== undefined) this.meetDouble(from, uptimeMs);
    } else if (info === undefined) this.membership.remove(from.id, from.inc, 'bye');
    else if (info.id === from.id && info.inc === from.inc && roleOf(info.types) === from.role) {
      this.registry.add(info);
      this.membership.announced(from);
    } else this.logger.error(`Server ${from.id} announced itself as another one`);
  }

  state(state: 'up' | 'down'): void {
    const isUp = state === 'up';
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    this.logger.warn(`The link to the cluster (${this.engine}) is ${state}`);
    if (this.hasEntered && !this.isLeaving) this.linked(isUp);
  }

  private get engine(): string {
    return this.options.cluster?.name ?? 'memory';
  }

  private get uptimeMs(): number {
    return performance.now() - this.bornAt;
  }

  private get self(): PeerId {
    return { id: this.options.server.id, inc: this.inc, role: roleOf(this.own?.types ?? []) };
  }

  private async enter(): Promise<void> {
    const { types = [] } = this.own ?? {};
    const { namespace } = this.options.server;
    await this.transport.open({ ...this.self, types, namespace }, this);
    if (this.isLeaving) return;
    await this.meetPeers();
    await this.transport.listen(true);
    this.linked(this.isUp);
    this.hasEntered = true;
    if (this.isClustered) this.membership.start(() => this.beat());
  }

  private enterLater(entered: Promise<void>): void {
    this.logger.warn(
      `The cluster (${this.engine}) does not answer: waiting for it. Nothing reaches other servers until then.`,
    );
    entered.then(
      () => this.logger.log(`Joined the cluster (${this.engine})`),
      (error: unknown) => this.giveUp(describeError(error)),
    );
  }

  /** Who is there already; somebody with our own id is a mistake of who starts us. */
  private async meetPeers(): Promise<void> {
    for (const { from, bytes } of await this.transport.hello()) {
      if (from.id === this.options.server.id && from.inc !== this.inc)
        throw new PomeloConfigException('SERVER_DUPLICATE', { id: from.id });
      this.announcement(from, bytes);
    }
  }

  private linked(isUp: boolean): void {
    // Nobody is excused for what was before the first join.
    if (this.hasEntered || !isUp) this.membership.link(isUp);
    this.registry.setLinked(isUp);
    if (isUp) this.beat();
    this.outbox?.link(isUp);
    if (!isUp) {
      this.receiver?.linkLost();
      return;
    }
    for (const work of this.entries)
      work().catch((error: unknown) =>
        this.logger.error(`After joining the cluster: ${describeError(error)}`),
      );
    if (this.hasEntered) this.meetAnew();
  }

  /** Who came while the link was down. */
  private meetAnew(): void {
    this.meetPeers().catch((error: unknown) => {
      if (error instanceof PomeloConfigException) this.giveUp(error.message);
      // Else the link is down again, and they are met when it comes back.
    });
  }

  private beat(): void {
    if (this.registry.isReady)
      this.tell(this.describe(this.registry.self.state, this.registry.self.addresses));
  }

  private tell(self: ServerInfo): void {
    this.registry.setSelf(self);
    if (this.registry.isReady) this.transport.announce(encodeAnnouncement(self, this.uptimeMs));
  }

  private describe(state: ServerInfo['state'], addresses: readonly ListenAddress[]): ServerInfo {
    const { id, metadata } = this.options.server;
    const { types = [] } = this.own ?? {};
    const load = this.own?.load() ?? { calls: 0, sessions: 0 };
    const frontend = this.options.connectors.length > 0;
    const { inc } = this;
    return { id, inc, types, frontend, addresses, state, metadata, load };
  }

  private hasPeers(): boolean {
    for (const { id } of this.registry.all()) if (id !== this.options.server.id) return true;
    return false;
  }

  /** Two servers that were started with one id at once: the younger one goes. */
  private meetDouble({ inc }: PeerId, uptimeMs: number): void {
    const own = this.uptimeMs;
    if (!this.hasEntered) return;
    if (uptimeMs > own || (uptimeMs === own && inc < this.inc))
      this.giveUp(new PomeloConfigException('SERVER_DUPLICATE', { id: this.options.server.id }).message);
  }

  /** A server that must not be part of the cluster must not serve clients either. */
  private giveUp(why: string): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.logger.fatal(why);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }

  private warnStranger({ id, inc }: PeerId, version = 0): void {
    const key = `${id} ${inc}`;
    if (this.strangers.has(key) || this.strangers.size > 1_000) return;
    this.strangers.add(key);
    this.logger.warn(
      `Server ${id} speaks version ${version} of the cluster protocol and this one ${PROTOCOL_VERSION}: nothing is sent there.`,
    );
  }
}

/** A server without types, which only calls others, has a role, too. */
function roleOf(types: readonly string[]): string {
  return types.join('+') || '-';
}
