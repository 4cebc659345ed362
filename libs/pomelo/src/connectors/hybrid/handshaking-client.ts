import {
  detectDialect,
  HandshakeCode,
  JsonRefusal,
  readHandshakeRequest,
  readResumeRequest,
  type HandshakeRequest,
} from 'nestjs-pomelo-protocol';
import type { KeyObject } from 'node:crypto';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { reportReject, type RejectReason } from '../../diagnostics.js';
import type { Peer } from '../../edge/arrival.js';
import { toErrorReply } from '../../errors/error-reply.js';
import { ClientConnection, ConnectionState } from '../connection/client-connection.js';
import { NORMAL } from '../connection/close-codes.js';
import type { CloseReason, HandshakeReply } from '../connector.interface.js';
import type { CarriedSession, Carrier } from '../resumption.interface.js';
import type { CodecClient } from './codec-client.interface.js';
import type { HybridContext } from './hybrid-context.js';
import { readClientKey } from './message-signature.js';
import { admitResumable } from './resume-admission.js';
import { compressedProfile, type WireProfile } from './wire-profile.js';

/** A client as far as its handshake: who it is, what it understands, and whether its session may move to another connection. */
export abstract class HandshakingClient extends ClientConnection implements CodecClient, Carrier {
  declare protected readonly context: HybridContext;
  declare protected readonly socket: Socket;
  profile: WireProfile;
  /** What its messages are signed with, when they have to be. */
  signatureKey: KeyObject | undefined = undefined;
  /** A session that may move to another connection; its messages are not this client's. */
  protected carried: CarriedSession | undefined = undefined;

  constructor(context: HybridContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
    this.profile = context.profiles.pomelo;
  }

  /** The client has sent a compressed body: it reads them, too. */
  provedCompression(): void {
    this.profile = compressedProfile(this.context.profiles, this.profile);
  }

  abandon(): void {
    if (this.state >= ConnectionState.Closing) return;
    this.state = ConnectionState.Closing;
    this.closeReason = 'replaced';
    this.socket.destroy();
  }

  override onClosed(reason: CloseReason): void {
    super.onClosed(reason);
    this.carried?.detach(this, this.closeReason ?? reason);
  }

  protected onHandshake(bytes: Uint8Array, start: number, end: number): void {
    if (this.state !== ConnectionState.Handshake) {
      reportReject('handshake', 'double_handshake', this.transport);
      return;
    }
    const { limits } = this.context;
    const request = readHandshakeRequest(bytes, start, end, {
      maxBytes: limits.handshakeBytes,
      maxDepth: limits.jsonDepth,
    });
    if (request instanceof JsonRefusal) this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
    else this.check(request);
  }

  private check(request: HandshakeRequest): void {
    const { useCrypto, checks } = this.context.options;
    if (useCrypto === true) {
      this.signatureKey = readClientKey(request.sys.rsa);
      if (this.signatureKey === undefined) {
        this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
        return;
      }
    }
    this.state = ConnectionState.Admission;
    if (checks === undefined) this.admit(request);
    else
      void checks.refusalOf(request).then((refusal) => {
        if (this.state !== ConnectionState.Admission) return;
        if (refusal === undefined) this.admit(request);
        else this.refuseHandshake(refusal.code, refusal.reason);
      });
  }

  private admit(request: HandshakeRequest): void {
    this.profile = this.context.profiles.of(detectDialect(request));
    const asked = this.context.options.resume === true ? readResumeRequest(request.sys.resume) : undefined;
    if (asked !== undefined && this.context.manager.resumption !== undefined) {
      admitResumable(this.context, this, request, asked).then(
        ({ session, reply }) => {
          this.carry(session);
          if (this.state === ConnectionState.Admission) this.answer(reply);
        },
        (error: unknown) => this.notAdmitted(error),
      );
      return;
    }
    const decision = this.context.manager.addClient(this, { sys: request.sys, user: request.user });
    if (!(decision instanceof Promise)) this.welcome(request, {});
    else
      decision.then(
        (reply) => this.welcome(request, reply),
        (error: unknown) => this.notAdmitted(error),
      );
  }

  private notAdmitted(error: unknown): void {
    this.refuseHandshake(toErrorReply(error)?.code ?? HandshakeCode.Failed, 'handshake_refused');
  }

  private welcome({ sys }: HandshakeRequest, { user }: HandshakeReply): void {
    if (this.state !== ConnectionState.Admission) return;
    let reply: Buffer;
    try {
      reply = this.context.replies.welcome(this.profile, sys, user);
    } catch {
      this.refuseHandshake(HandshakeCode.Failed, 'bad_handshake');
      return;
    }
    this.answer(reply);
  }

  private answer(reply: Buffer): void {
    this.state = ConnectionState.Ack;
    this.enqueue(reply);
    this.resumed();
  }

  /** The messages of this connection are those of a session that may outlive it; for its admission. */
  carry(session: CarriedSession): void {
    this.carried = session;
    if (this.state === ConnectionState.Closed) session.detach(this, this.closeReason ?? 'peer_closed');
  }

  /** Answers a handshake with a refusal, and ends the connection. */
  private refuseHandshake(status: number, reason: RejectReason): void {
    if (this.state >= ConnectionState.Closing) return;
    reportReject('handshake', reason, this.transport);
    this.closeReason = reason;
    this.end(undefined, NORMAL, this.context.replies.refusal(status));
  }
}
