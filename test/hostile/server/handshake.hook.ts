import { Injectable } from '@nestjs/common';
import { type HandshakeData, OnHandshake, PomeloException } from 'nestjs-pomelo';

/** What the `user` of a handshake may bring along here. */
interface HandshakeUser {
  /** Makes the handshake good for once: how an application refuses one that was captured and is played again. */
  readonly nonce?: unknown;
  /** Comes back in the answer. */
  readonly echo?: unknown;
}

/** Decides about handshakes, and answers with what it got. */
@Injectable()
export class HandshakeHook {
  private readonly seen = new Set<unknown>();

  @OnHandshake() decide({ user }: HandshakeData): unknown {
    const { nonce, echo } = (user ?? {}) as HandshakeUser;
    if (nonce === undefined) return echo;
    if (this.seen.has(nonce)) throw new PomeloException(403, 'This handshake was used before.');
    this.seen.add(nonce);
    return echo;
  }
}
