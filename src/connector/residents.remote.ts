import { Remote, SessionService } from 'nestjs-pomelo';

/** What chat servers ask of the connectors. */
@Remote('connector.residents')
export class Residents {
  constructor(private readonly sessions: SessionService) {}

  /** The uids of all users who are connected here. */
  @Remote()
  uids(): string[] {
    const uids: string[] = [];
    this.sessions.forEachBindedSession(({ uid = '' }) => uids.push(uid));
    return uids;
  }
}
