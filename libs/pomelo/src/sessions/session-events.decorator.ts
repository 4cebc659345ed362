import { SetMetadata } from '@nestjs/common';
import type { SessionEvent } from './session-events.js';

/** Metadata key of the decorators of this file. */
export const SESSION_EVENT_METADATA = 'pomelo:session-event';

/** Calls the method when a session has ended: `(session: Session, reason: CloseReason)`. */
export const OnSessionClosed = (): MethodDecorator => onSession('closed');

/** Calls the method when a uid was bound: `(session: Session, uid: string)`. */
export const OnSessionBound = (): MethodDecorator => onSession('bound');

/** Calls the method when a uid was unbound: `(session: Session, uid: string)`. */
export const OnSessionUnbound = (): MethodDecorator => onSession('unbound');

/** Calls the method when a connection is lost whose client can come back: `(session: Session)`. */
export const OnSessionAway = (): MethodDecorator => onSession('away');

/** Calls the method when such a client is back: `(session: Session)`. */
export const OnSessionBack = (): MethodDecorator => onSession('back');

function onSession(event: SessionEvent): MethodDecorator {
  return SetMetadata(SESSION_EVENT_METADATA, event);
}
