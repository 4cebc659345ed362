import { Injectable } from '@nestjs/common';
import { ConnectedSession, Handler, OnSessionBound, OnSessionClosed, type Session } from 'nestjs-pomelo';
import { JwtHandshakeGuard, JwtSessions, PomeloJwtModule, type JwtOptions } from 'nestjs-pomelo/jwt';
import { startApp, type AppSetup, type RunningApp } from './pomelo-app.js';
import { handshake, POMELO_SYS, RawClient } from './raw-client.js';
import { TokenIssuer } from './token-issuer.js';

/** What handlers and listeners of an application know of who came in. */
@Injectable()
@Handler('t.user')
export class UserHandler {
  readonly heard: string[] = [];

  constructor(private readonly tokens: JwtSessions) {}

  @Handler() who(@ConnectedSession() session: Session): unknown {
    return { uid: session.uid, claims: this.tokens.claims(session), left: this.tokens.secondsLeft(session) };
  }
  @Handler() async renew(session: Session, { token }: { token: unknown }): Promise<unknown> {
    return { left: await this.tokens.renew(session, token) };
  }
  @OnSessionBound() bound(session: Session, uid: string): void {
    this.heard.push(`bound ${uid} as ${JSON.stringify(this.tokens.claims(session)?.['role'])}`);
  }
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.heard.push(reason);
  }
}

/** An application that lets in whom an issuer has given a token. */
export interface JwtApp extends RunningApp {
  readonly issuer: TokenIssuer;
  /** The bodies of all packages that a client gets who shakes hands with this `user`, until the connection ends. */
  readonly knock: (user: unknown) => Promise<unknown[]>;
}

/** Starts it. */
export async function startJwt(
  options: Partial<JwtOptions> = {},
  setup: AppSetup = {},
  issuer = new TokenIssuer(),
): Promise<JwtApp> {
  const jwt: JwtOptions = { key: issuer.publicKey, algorithms: ['ES256'], ...options };
  const running = await startApp({
    ...setup,
    imports: [PomeloJwtModule.forRoot(jwt), ...(setup.imports ?? [])],
    providers: [UserHandler, ...(setup.providers ?? [])],
    options: { handshakeGuards: [JwtHandshakeGuard], ...setup.options },
  });
  const knock = async (user: unknown): Promise<unknown[]> => {
    const client = await RawClient.open(running.port);
    client.send(handshake({ sys: POMELO_SYS, user }));
    return (await client.rest()).map(({ json }) => json);
  };
  return { ...running, issuer, knock };
}
