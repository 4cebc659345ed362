import { encodePackage, MessageLog, PackageType, writeReceivedCount } from 'nestjs-pomelo-protocol';
import { reportReject, type RejectLayer, type RejectReason } from '../../diagnostics.js';
import type { Session } from '../../sessions/session.js';
import { asBuffer } from '../as-buffer.js';
import type { ClientSocket, CloseReason, MessageKind } from '../connector.interface.js';
import {
  TOLD_EVERY,
  type Carrier,
  type ResumableSession,
  type ResumeHandshake,
  type Resumption,
  type ResumeWish,
} from '../resumption.interface.js';
import type { CodecClient } from './codec-client.interface.js';
import type { HybridContext } from './hybrid-context.js';
import { compressedProfile, type WireProfile } from './wire-profile.js';

/** The ends of a connection after which its client may come back. All others are meant. */
const LOSSES: ReadonlySet<CloseReason> = new Set([
  'peer_closed',
  'peer_reset',
  'heartbeat_timeout',
  'slow_consumer',
  'slow_reader',
]);

/**
 * The client of a session that may move from one connection to another. Messages are numbered in both directions: whoever
 * comes back says how many it has got, and what it has missed follows, all of it or nothing.
 */
export class ResumableClient implements ClientSocket, CodecClient, ResumableSession {
  declare session: Session;
  readonly signatureKey = undefined;
  readonly certificateName: string | undefined;
  remoteAddress: string;
  transport: string;
  /** `user` of the handshake reply. */
  user: unknown;
  private readonly sent: MessageLog<Buffer>;
  /** Messages that the client has sent. */
  private taken = 0;
  private carrier: Carrier | undefined;
  /** Answered, but not acknowledged by its client. */
  private candidate: Carrier | undefined;
  /** What the client of the candidate has got. */
  private received = 0;
  /** What the client can have got at most, once its connection is lost. */
  private reachable = 0;
  private lossReason: CloseReason = 'peer_closed';
  private hasWorked = false;
  private isPaused = false;
  private caughtUp: (() => void) | undefined;
  private isOver = false;
  /** Of what the client said that it has got, the count when it was last due. */
  private told = 0;

  constructor(
    private readonly context: HybridContext,
    private readonly resumption: Resumption,
    carrier: Carrier,
    public profile: WireProfile,
  ) {
    this.certificateName = carrier.certificateName;
    this.remoteAddress = carrier.remoteAddress;
    this.transport = carrier.transport;
    this.candidate = carrier;
    // Whoever comes back gets all of it at once, and must not be cut for that.
    const { messages, bytes } = resumption.limits;
    const most = Math.min(bytes, context.limits.writeBufferHardBytes / 2);
    this.sent = new MessageLog({ messages, bytes: most });
  }

  get keptBytes(): number {
    return this.sent.keptBytes;
  }

  get outstandingBytes(): number {
    return this.carrier?.outstandingBytes ?? 0;
  }

  /** Also while it is away: pushes on terms wait elsewhere, and replace each other there. */
  get isBehind(): boolean {
    return this.carrier?.isBehind ?? true;
  }

  // ---- what the framework calls

  send(message: Buffer, kind: MessageKind = 'push'): boolean {
    if (this.isOver) return false;
    this.sent.add(message);
    if (this.carrier !== undefined) this.carrier.send(message, kind);
    // Nobody can come back for all of it any more.
    else if (this.sent.dropped > this.reachable) this.finish('slow_consumer');
    else this.resumption.grown(this);
    return !this.isOver;
  }

  sendBatch(messages: readonly Buffer[]): void {
    for (const message of messages) this.send(message);
  }

  onceCaughtUp(listener: () => void): void {
    this.caughtUp = listener;
    this.carrier?.onceCaughtUp(() => this.tellCaughtUp());
  }

  close(reason?: string): void {
    if (this.isOver) return;
    this.end();
    const carrier = this.carrier ?? this.candidate;
    if (carrier !== undefined) carrier.close(reason);
    // As with a socket, its end is not told before this returns.
    else process.nextTick(() => this.context.manager.removeClient(this, reason ?? 'closed'));
  }

  pause(): void {
    this.isPaused = true;
    this.carrier?.pause();
  }

  resume(): void {
    this.isPaused = false;
    this.carrier?.resume();
  }

  // ---- what its codec calls

  refuse(layer: RejectLayer, reason: RejectReason): undefined {
    reportReject(layer, reason, this.transport);
    this.close(reason);
  }

  provedCompression(): void {
    this.profile = compressedProfile(this.context.profiles, this.profile);
  }

  // ---- what its connections call

  /** The answer to the first handshake; `undefined` when the session has ended, or its `user` is no JSON. */
  firstReply(handshake: ResumeHandshake): Buffer | undefined {
    if (this.isOver) return undefined;
    try {
      return this.reply(handshake, false);
    } catch {
      this.close();
      return undefined;
    }
  }

  reopen(wish: ResumeWish, carrier: Carrier): Buffer | undefined {
    if (this.isOver || !this.hasWorked || carrier.certificateName !== this.certificateName) return undefined;
    const before = this.carrier ?? this.candidate;
    if (this.carrier !== undefined) this.loseCarrier('replaced');
    this.candidate = undefined;
    before?.abandon();
    // Who listens to the loss may have ended it.
    if (this.isOver) return undefined;
    if (!this.sent.covers(wish.received)) {
      this.finish(this.lossReason);
      return undefined;
    }
    this.candidate = carrier;
    this.received = wish.received;
    return this.reply(wish, true);
  }

  attach(carrier: Carrier): void {
    const missed = carrier === this.candidate ? this.sent.after(this.received) : undefined;
    if (missed === undefined || this.isOver) {
      carrier.abandon();
      this.detach(carrier, 'peer_reset');
      return;
    }
    this.candidate = undefined;
    this.carrier = carrier;
    this.remoteAddress = carrier.remoteAddress;
    this.transport = carrier.transport;
    this.resumption.settle(this);
    for (const message of missed) carrier.send(message, 'push');
    if (this.isPaused) carrier.pause();
    if (!carrier.isBehind) this.tellCaughtUp();
    else if (this.caughtUp !== undefined) carrier.onceCaughtUp(() => this.tellCaughtUp());
    if (this.hasWorked) {
      this.resumption.back(this);
      this.context.manager.clientBack?.(this);
    }
    this.hasWorked = true;
  }

  receive(message: Buffer): void {
    this.taken += 1;
    if (this.taken % TOLD_EVERY === 0) this.carrier?.send(countPackage(this.taken));
    this.context.manager.handleMsg(this, message);
  }

  acknowledge(received: number): boolean {
    if (received > this.sent.total) return false;
    this.sent.acknowledge(received);
    if (received - this.told < TOLD_EVERY) return false;
    this.told = received;
    return true;
  }

  leave(): void {
    if (this.isOver) return;
    this.end();
    (this.carrier ?? this.candidate)?.close();
  }

  detach(carrier: Carrier, reason: CloseReason): void {
    const wasCarrying = carrier === this.carrier;
    const wasCandidate = carrier === this.candidate;
    if (!wasCarrying && !wasCandidate) return;
    if (wasCandidate) this.candidate = undefined;
    if (this.isOver || !this.hasWorked || (wasCarrying && !LOSSES.has(reason))) this.finish(reason);
    else if (wasCarrying) this.loseCarrier(reason);
  }

  expire(): void {
    this.finish(this.lossReason);
  }

  private reply({ sys, heartbeatSeconds }: ResumeHandshake, recovered: boolean): Buffer {
    const { resumption, profile, user, taken } = this;
    const token = resumption.issue(this);
    const resume = { token, recovered, received: taken, keep: resumption.keepSeconds };
    return this.context.replies.welcomeBack(profile, sys, user, resume, heartbeatSeconds);
  }

  private loseCarrier(reason: CloseReason): void {
    this.carrier = undefined;
    this.lossReason = reason;
    this.reachable = this.sent.total;
    this.resumption.away(this);
    this.context.manager.clientAway?.(this);
  }

  private tellCaughtUp(): void {
    const { caughtUp } = this;
    this.caughtUp = undefined;
    caughtUp?.();
  }

  /** Nothing is sent or taken any more. */
  private end(): void {
    this.isOver = true;
    this.resumption.forget(this);
  }

  private finish(reason: CloseReason): void {
    const { candidate } = this;
    this.end();
    this.carrier = undefined;
    this.candidate = undefined;
    candidate?.abandon();
    if (this.session !== undefined) this.context.manager.removeClient(this, reason);
  }
}

function countPackage(count: number): Buffer {
  return asBuffer(encodePackage(PackageType.Heartbeat, writeReceivedCount(count)));
}
