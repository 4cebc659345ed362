import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { HandshakeData } from '../connectors/connector.interface.js';
import type { Session } from '../sessions/session.js';
import { JwtSessions } from './jwt-sessions.js';
import { JWT_OPTIONS, type ResolvedJwtOptions } from './resolve-jwt-options.js';

/**
 * Lets in who has a valid token, as the user whose it is: in `handshakeGuards` of `PomeloModule`, or in
 * `@UseHandshakeGuards`. Everybody else gets 401, and 503 while the keys or the used tokens cannot be asked.
 */
@Injectable()
export class JwtHandshakeGuard implements CanActivate {
  constructor(
    @Inject(JWT_OPTIONS) private readonly options: ResolvedJwtOptions,
    private readonly sessions: JwtSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const client = context.switchToWs();
    const token = this.tokenOf(client.getData<HandshakeData>());
    await this.sessions.begin(client.getClient<Session>(), token);
    return true;
  }

  /** A handshake without a token may be anything: a function that fails on it has found none. */
  private tokenOf(handshake: HandshakeData): unknown {
    try {
      return this.options.tokenOf(handshake);
    } catch {
      return undefined;
    }
  }
}
