import { Body } from '@nestjs/common';
import { ConnectedSession, Handler, OnSessionClosed, type Session, SessionService } from 'nestjs-pomelo';

/** What a client can do to its session, and to those of others. */
@Handler('connector.sessionHandler')
export class SessionHandler {
  /** What a push to a session that has just ended came to. */
  private readonly latePushes: boolean[] = [];

  constructor(private readonly sessions: SessionService) {}

  @Handler() async bind(
    @Body('uid') uid: string,
    @ConnectedSession() session: Session,
  ): Promise<{ code: number }> {
    await session.bind(uid);
    return { code: 200 };
  }

  @Handler() whoAmI(@ConnectedSession() { id, uid, remoteAddress }: Session): object {
    return { id, uid: uid ?? null, address: remoteAddress };
  }

  /** A notify, whose body could name another user. */
  @Handler() note(@Body() _body: unknown): void {}

  @Handler() async kickMe(@ConnectedSession() session: Session): Promise<void> {
    await session.kick('enough');
  }

  @Handler() async isBound(@Body('uid') uid: string): Promise<boolean> {
    return this.sessions.isBound(uid);
  }

  @Handler() lateOnes(): readonly boolean[] {
    return this.latePushes;
  }

  @OnSessionClosed() async closed(session: Session): Promise<void> {
    if (session.uid === 'farewell') this.latePushes.push(await session.send('onFarewell', {}));
  }
}
