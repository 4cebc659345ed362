import { SetMetadata, type CanActivate, type Type } from '@nestjs/common';

/** Metadata key of {@link OnHandshake}. */
export const ON_HANDSHAKE_METADATA = 'pomelo:on-handshake';
/** Metadata key of {@link UseHandshakeGuards}. */
export const HANDSHAKE_GUARDS_METADATA = 'pomelo:handshake-guards';

/**
 * Calls the method for every handshake: `(handshake: HandshakeData, session: Session)`. What it returns is `user` of the
 * answer; what it throws refuses the client: a `PomeloException` with its code, anything else with 500.
 * It may be asynchronous, within `limits.handshakeHookMs`.
 */
export const OnHandshake = (): MethodDecorator => SetMetadata(ON_HANDSHAKE_METADATA, '');

/**
 * Guards of the handshake: a client that one of them refuses gets no session. On the class or the method that has
 * `@OnHandshake()`. In the guard, `switchToWs().getClient()` is the session and `getData()` the handshake.
 */
export const UseHandshakeGuards = (
  ...guards: (CanActivate | Type<CanActivate>)[]
): ClassDecorator & MethodDecorator => SetMetadata(HANDSHAKE_GUARDS_METADATA, guards);
