import { Logger } from '@nestjs/common';
import { describeError, stackOf } from '../../errors/describe-error.js';
import { toErrorReply } from '../../errors/error-reply.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import { withinTime } from '../../timing/within-time.js';
import type { Session } from '../../sessions/session.js';
import type { CloseReason } from '../connector.interface.js';
import type { GateHooks } from './gate-hooks.interface.js';
import { viewOf } from './session-view.js';

/** Ends when the application has heard of a session; a client keeps it for the day when it goes. */
export type Acquaintance = Promise<unknown>;

/** Tells the application which sessions come and go: of each first the one, then the other. */
export class SessionLearner {
  private readonly logger = new Logger('Pomelo');
  private readonly partings = new Set<Promise<void>>();

  constructor(
    private readonly hooks: Pick<GateHooks, 'onConnect' | 'onDisconnect'>,
    private readonly timeMs: number,
  ) {}

  /** Calls `onConnect`; `undefined` when there is none. */
  meet(session: Session): Acquaintance | undefined {
    const { onConnect } = this.hooks;
    return onConnect === undefined ? undefined : this.introduce(onConnect, session);
  }

  /** Fulfils when the acquaintance is made; rejects when it fails, or takes too long. */
  async inTime(acquaintance: Acquaintance): Promise<void> {
    await this.within(acquaintance);
  }

  /** Calls `onDisconnect`, after the acquaintance was made, and never when it was not. */
  part(session: Session, acquaintance: Acquaintance | undefined, reason: CloseReason): void {
    const { onDisconnect } = this.hooks;
    if (onDisconnect === undefined) return;
    const parting = this.sayGoodbye(onDisconnect, viewOf(session), acquaintance, reason);
    this.partings.add(parting);
    void parting.finally(() => this.partings.delete(parting));
  }

  /** Fulfils when the application has heard of everyone who is gone, or takes too long. */
  async settled(): Promise<void> {
    await this.within(Promise.all(this.partings)).catch(() => {});
  }

  private async introduce(onConnect: NonNullable<GateHooks['onConnect']>, session: Session): Promise<void> {
    try {
      await onConnect(viewOf(session));
    } catch (error) {
      // What is meant for the client is a decision, and no failure.
      if (toErrorReply(error) === undefined)
        this.logger.error(`gate.onConnect failed: ${describeError(error)}`, stackOf(error));
      throw error;
    }
  }

  private async sayGoodbye(
    onDisconnect: NonNullable<GateHooks['onDisconnect']>,
    session: Session,
    acquaintance: Acquaintance | undefined,
    reason: CloseReason,
  ): Promise<void> {
    const isKnown = await Promise.resolve(acquaintance).then(
      () => true,
      () => false,
    );
    if (!isKnown) return;
    try {
      await onDisconnect(session, reason);
    } catch (error) {
      this.logger.error(`gate.onDisconnect failed: ${describeError(error)}`, stackOf(error));
    }
  }

  private within(work: Promise<unknown>): Promise<unknown> {
    return withinTime(work, this.timeMs, () => pomeloError('HANDSHAKE_TIMEOUT', { ms: this.timeMs }));
  }
}
