import { Remote, SessionService } from 'nestjs-pomelo';

/** The back end of the recorded server, as far as it shows on the wire. */
@Remote('area.kickRemote')
export class AreaRemote {
  constructor(private readonly sessions: SessionService) {}

  @Remote() async kick(sessionId: string, reason: string | null): Promise<boolean> {
    return this.sessions.kickBySessionId(sessionId, reason ?? undefined);
  }
}
