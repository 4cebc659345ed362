import { AsyncResource } from 'node:async_hooks';
import { pomeloError } from '../errors/pomelo.exception.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { AnswerInFlight } from './answer-in-flight.js';

interface Turn {
  readonly pending: AnswerInFlight;
  readonly start: () => void;
}

/** The messages of one session, of which one is worked on. */
interface Lane {
  current: AnswerInFlight | undefined;
  readonly waiting: Turn[];
  isAdvancing: boolean;
}

/** Lets the messages of a session begin one after another; a session has a lane as long as one of them has not ended. */
export class SessionOrder {
  private readonly lanes = new Map<FrontendSession, Lane>();

  /** Messages of a session that wait for their turn. */
  waiting(session: FrontendSession): number {
    return this.lanes.get(session)?.waiting.length ?? 0;
  }

  /** Calls `start`, now or when all before have ended; not at all when the time of the message, or its session, is over by then. */
  enter(pending: AnswerInFlight, start: () => void): void {
    const { session } = pending;
    const lane = this.lanes.get(session);
    if (lane === undefined) {
      this.lanes.set(session, { current: pending, waiting: [], isAdvancing: false });
      start();
    } else {
      // Whoever ends the one before works for another message.
      lane.waiting.push({ pending, start: AsyncResource.bind(start) });
    }
  }

  /** A message has ended, also one that never began. */
  leave(pending: AnswerInFlight): void {
    const lane = this.lanes.get(pending.session);
    if (lane === undefined) return;
    if (lane.current === pending) {
      lane.current = undefined;
      if (!lane.isAdvancing) this.advance(pending.session, lane);
    } else {
      const index = lane.waiting.findIndex((turn) => turn.pending === pending);
      if (index >= 0) lane.waiting.splice(index, 1);
    }
  }

  private advance(session: FrontendSession, lane: Lane): void {
    lane.isAdvancing = true;
    while (lane.current === undefined) {
      const turn = lane.waiting.shift();
      if (turn === undefined) break;
      if (!session.isOpen) turn.pending.fail(pomeloError('SESSION_CLOSED', { session: session.id }));
      // Its deadline came with that of the one before, and is only not looked at yet.
      else if (turn.pending.deadline <= performance.now()) turn.pending.expire();
      else this.begin(lane, turn);
    }
    lane.isAdvancing = false;
    if (lane.current === undefined) this.lanes.delete(session);
  }

  private begin(lane: Lane, { pending, start }: Turn): void {
    lane.current = pending;
    start();
  }
}
