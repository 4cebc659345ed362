import { Global, Module } from '@nestjs/common';
import { JwtHandshakeGuard } from './jwt-handshake.guard.js';
import { JwtSessions } from './jwt-sessions.js';
import { ConfigurableModuleClass, MODULE_OPTIONS_TOKEN } from './jwt.options.js';
import { JWT_OPTIONS, resolveJwtOptions } from './resolve-jwt-options.js';
import { TokenExpiry } from './token-expiry.js';
import { TokenVerifier } from './token-verifier.js';

/**
 * Tokens (JWT) at the handshake, for the whole application, next to `PomeloModule` with `handshakeGuards: [JwtHandshakeGuard]`:
 * `imports: [PomeloJwtModule.forRoot({ key, algorithms: ['ES256'] })]`. Needs `jose`.
 */
@Global()
@Module({
  providers: [
    { provide: JWT_OPTIONS, useFactory: resolveJwtOptions, inject: [MODULE_OPTIONS_TOKEN] },
    JwtHandshakeGuard,
    JwtSessions,
    TokenExpiry,
    TokenVerifier,
  ],
  exports: [JwtHandshakeGuard, JwtSessions],
})
export class PomeloJwtModule extends ConfigurableModuleClass {}
