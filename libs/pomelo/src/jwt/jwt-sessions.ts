import { Inject, Injectable, Logger } from '@nestjs/common';
import type { JWTPayload } from 'jose';
import { reportReject, type RejectLayer } from '../diagnostics.js';
import { pomeloError, type PomeloException } from '../errors/pomelo.exception.js';
import { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import { transportOfView } from '../sessions/view-transport.js';
import { JWT_OPTIONS, type ResolvedJwtOptions } from './resolve-jwt-options.js';
import { TokenExpiry } from './token-expiry.js';
import { countedAs, refusalOf } from './token-refusal.js';
import { TokenVerifier, type VerifiedToken } from './token-verifier.js';

/** The sessions that came in with a token: what it says, for how long it is valid, and a new one for it. */
@Injectable()
export class JwtSessions {
  private readonly logger = new Logger('Pomelo');

  constructor(
    @Inject(JWT_OPTIONS) private readonly options: ResolvedJwtOptions,
    private readonly tokens: TokenVerifier,
    private readonly expiry: TokenExpiry,
  ) {}

  /** The claims of the newest token of a session, with the `exp` of the one that lasts longest; `undefined` when it came in without. */
  claims(session: Session): JWTPayload | undefined {
    return session.get(this.options.sessionKey) as JWTPayload | undefined;
  }

  /** Seconds until the last token of a session expires, 0 when it has; `undefined` when it came in without. */
  secondsLeft(session: Session): number | undefined {
    const exp = this.claims(session)?.exp;
    return exp === undefined ? undefined : Math.max(0, Math.floor(exp - Date.now() / 1_000));
  }

  /**
   * Gives a session a new token, on any server. It has the claims of the new one, and may stay until the last of its tokens
   * expires. Resolves to the seconds until then.
   *
   * Rejects with an error `TOKEN_…`, which changes nothing for the session: `TOKEN_SUBJECT` when the token is another
   * user's. Rejects with `SESSION_CLOSED` when it comes too late.
   */
  async renew(session: Session, token: unknown): Promise<number> {
    if (session.uid === undefined) throw this.refused(session, 'session', pomeloError('TOKEN_SUBJECT'));
    const { claims } = await this.verify(session, 'session', token, session.uid);
    const { sessionKey } = this.options;
    // Never sooner than before: the frontend looks at the session when the token that it knows of expires, and not before.
    const exp = Math.max(claims.exp, this.claims(session)?.exp ?? 0);
    await session.set({ [sessionKey]: this.kept({ ...claims, exp }) }).push(sessionKey);
    return this.secondsLeft(session) ?? 0;
  }

  /** Lets a session in with its first token: binds its user and gives it the claims. For the guard. Rejects as {@link renew}. */
  async begin(session: Session, token: unknown): Promise<void> {
    const { uid, claims } = await this.verify(session, 'handshake', token);
    const { home } = session;
    const values = { [this.options.sessionKey]: this.kept(claims) };
    // Before the bind, so that those who hear of it know the claims; after it, because a stored session may bring old ones.
    await home.push(values);
    await session.bind(uid);
    if (session.get(this.options.sessionKey) !== values[this.options.sessionKey]) {
      await home.push(values);
      await session.refresh();
    }
    if (home instanceof FrontendSession) this.expiry.begin(home);
  }

  private async verify(
    session: Session,
    layer: RejectLayer,
    token: unknown,
    uid?: string,
  ): Promise<VerifiedToken> {
    try {
      return await this.tokens.verify(token, uid);
    } catch (error) {
      throw this.refused(session, layer, refusalOf(error));
    }
  }

  /** The log knows what the client is not told. */
  private refused(session: Session, layer: RejectLayer, refusal: PomeloException): PomeloException {
    const counter = countedAs(refusal);
    if (counter !== undefined) reportReject(layer, counter, transportOfView(session));
    this.logger.debug(
      `The token of session ${session.id} at ${session.remoteAddress} was refused: ${refusal.reason}: ${refusal.message}`,
    );
    return refusal;
  }

  private kept(claims: VerifiedToken['claims']): JWTPayload {
    const { claims: names } = this.options;
    if (names === undefined) return claims;
    const kept = Object.entries(claims).filter(([name]) => name === 'exp' || names.includes(name));
    return Object.fromEntries(kept);
  }
}
