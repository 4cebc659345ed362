import { Inject, Injectable, Logger } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { PROBE, type ClusterTransport, type FrameSink, type PeerId } from './cluster-driver.interface.js';
import { splitFrames } from './frame-batch.js';
import type { FrameReceiver } from './frame-receiver.interface.js';
import { Membership } from './membership.js';
import { memory } from './memory/memory.driver.js';
import { NO_CALL, Outbox } from './outbox.js';
import { PeerNews } from './peer-news.js';
import { SelfAnnouncer, type OwnServer } from './self-announcer.js';
import type { ListenAddress } from './server-info.interface.js';
import { ServerRegistry } from './server-registry.js';

/** How long the start waits for an engine that does not answer; then the server serves what it can alone. */
const START_PATIENCE_MS = 1_000;
/** Time for the news that this server drains, before it stops to listen. */
const DRAIN_NOTICE_MS = 100;
const NOBODY: ReadonlySet<string> = new Set();

/** Joins the cluster, keeps the registry, and moves frames. */
@Injectable()
export class ClusterService implements FrameSink {
  /** Differs for every start. */
  readonly inc = randomBytes(6).toString('hex');
  private readonly logger = new Logger('Pomelo');
  private readonly transport: ClusterTransport;
  private readonly membership: Membership;
  private readonly self: SelfAnnouncer;
  private readonly entries: (() => Promise<void>)[] = [];
  private readonly news: PeerNews;
  private outbox: Outbox | undefined;
  private receiver: FrameReceiver | undefined;
  private isUp = true;
  private hasEntered = false;
  private isLeaving = false;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
  ) {
    this.transport = (options.cluster ?? memory()).createTransport();
    this.self = new SelfAnnouncer(this.inc, options, registry, this.transport);
    this.membership = new Membership(
      registry,
      this.transport,
      options.limits.clusterHeartbeatMs,
      () => this.receiver?.debtors() ?? NOBODY,
    );
    this.news = new PeerNews(this.self, registry, this.membership, () => {
      if (this.hasEntered) this.giveUp(this.duplicate().message);
    });
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
    this.self.begin(own);
    this.outbox = new Outbox(this.transport, { queueBytes, waitMs }, receiver);
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

  /**
   * Calls `work` whenever this server joins, or is back after the others may have counted it as gone. What it rejects with
   * is logged.
   */
  onLinked(work: () => Promise<void>): void {
    this.entries.push(work);
  }

  /** Tells the cluster where clients find this server. */
  listening(addresses: readonly ListenAddress[]): void {
    this.self.listening(addresses);
  }

  /** Tells the cluster to send nothing new here, and gives it time to hear that. */
  async drain(): Promise<void> {
    if (!this.hasEntered || this.isLeaving) return;
    this.self.draining();
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
    this.self.goodbye();
    if (this.registry.isReady) await this.transport.flush();
    this.registry.setLinked(false);
    await this.transport.close();
  }

  /** Sends one frame; false when too much waits already. Frames to this server itself take the short way. */
  send(to: string, bytes: Uint8Array, callId = NO_CALL): boolean {
    if (to === this.self.id) {
      queueMicrotask(() => this.receiver?.frame(this.self.peer, bytes, 0, bytes.length));
      return true;
    }
    return this.outbox?.send(to, bytes, callId) ?? false;
  }

  /**
   * Sends one frame to every other server that hosts a type, behind what was sent to each. False when the link is down or
   * behind. Throws `REMOTE_TOO_LARGE`.
   */
  multicast(type: string, bytes: Uint8Array): boolean {
    return this.registry.isReady && this.outbox?.multicast(type, bytes) === true;
  }

  /** Resolves when the fate of all that was sent so far is known, as far as the engine tells it. */
  settled(): Promise<void> {
    return this.transport.flush();
  }

  batch(from: PeerId, bytes: Uint8Array): void {
    const { receiver } = this;
    if (receiver === undefined) return;
    this.membership.heard(from);
    this.outbox?.heard(from.id);
    if (!splitFrames(bytes, (batch, start, end) => receiver.frame(from, batch, start, end)))
      this.logger.error(`Server ${from.id} sent bytes that are no frames`);
  }

  notDelivered(to: string, batchNo: number): void {
    if (batchNo !== PROBE) this.receiver?.notDelivered(to, batchNo);
    this.membership.nobodyListens(to);
  }

  announcement(from: PeerId, bytes: Uint8Array): void {
    this.news.hear(from, bytes);
    this.outbox?.heard(from.id);
  }

  state(state: 'up' | 'down'): void {
    const isUp = state === 'up';
    if (isUp === this.isUp) return;
    this.isUp = isUp;
    this.logger.warn(`The link to the cluster (${this.engine}) is ${state}`);
    if (this.hasEntered && !this.isLeaving) void this.linked(isUp);
  }

  private get engine(): string {
    return this.options.cluster?.name ?? 'memory';
  }

  private async enter(): Promise<void> {
    const { peer, types } = this.self;
    const { namespace } = this.options.server;
    await this.transport.open({ ...peer, types, namespace }, this);
    if (this.isLeaving) return;
    await this.meetPeers();
    await this.transport.listen(true);
    const works = this.linked(this.isUp);
    this.hasEntered = true;
    if (this.isClustered)
      this.membership.start(
        () => this.self.beat(),
        () => void this.isBack(),
      );
    // Whoever serves clients from now on may need what is begun there.
    await works;
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

  /**
   * Who is there already. Somebody with our own id is a mistake of who starts us; once we are a member, ages decide, and the
   * other one decides by them, too.
   */
  private async meetPeers(): Promise<void> {
    for (const { from, bytes } of await this.transport.hello()) {
      if (!this.hasEntered && from.id === this.self.id && from.inc !== this.inc) throw this.duplicate();
      this.announcement(from, bytes);
    }
  }

  /** Resolves when all that is done after joining has been done, or has failed. */
  private linked(isUp: boolean): Promise<void> | undefined {
    // Nobody is excused for what was before the first join.
    if (this.hasEntered || !isUp) this.membership.link(isUp);
    this.registry.setLinked(isUp);
    if (isUp) this.self.beat();
    this.outbox?.link(isUp);
    if (!isUp) {
      this.receiver?.linkLost();
      return undefined;
    }
    if (this.hasEntered) this.meetAnew();
    return this.isBack();
  }

  private async isBack(): Promise<void> {
    for (const result of await Promise.allSettled(this.entries.map((work) => work())))
      if (result.status === 'rejected')
        this.logger.error(`After joining the cluster: ${describeError(result.reason)}`);
  }

  /** Who came while the link was down. */
  private meetAnew(): void {
    this.meetPeers().catch(() => {
      // The link is down again, and they are met when it comes back.
    });
  }

  private hasPeers(): boolean {
    for (const { id } of this.registry.all()) if (id !== this.self.id) return true;
    return false;
  }

  private duplicate(): PomeloConfigException {
    return new PomeloConfigException('SERVER_DUPLICATE', { id: this.self.id });
  }

  /** A server that must not be part of the cluster must not serve clients either. */
  private giveUp(why: string): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    this.logger.fatal(why);
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  }
}
