import { SetMetadata } from '@nestjs/common';

/** Metadata key of {@link Serial}. */
export const SERIAL_METADATA = 'pomelo:serial';

/**
 * Messages of one session to handlers with this decorator run one after another on their server, in the order in which
 * they came; messages to other handlers pass them. On a method, or on a class for all its handlers.
 *
 * Guards, pipes and interceptors run when it is their turn. A message that had to wait sees the values of its session as
 * they are then. One that waits longer than `limits.requestMs` is answered with 504 and not run; one whose session ends
 * meanwhile is not run either. A handler that takes longer itself keeps the others waiting until it has really ended.
 */
export const Serial = (): ClassDecorator & MethodDecorator => SetMetadata(SERIAL_METADATA, true);
