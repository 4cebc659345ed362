import { reportReject } from '../diagnostics.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import type { SingleSessionPolicy } from '../options/pomelo-options.interface.js';
import { transportOf, type FrontendSession } from './frontend-session.js';
import { assertUid, isUid } from './uid.js';

/** Which sessions a user has on this frontend. */
export class UserIndex {
  private readonly byUid = new Map<string, Set<FrontendSession>>();

  constructor(
    private readonly uidLength: number,
    private readonly single: SingleSessionPolicy,
  ) {}

  /** Users with a session. */
  get size(): number {
    return this.byUid.size;
  }

  /** The sessions of a user; `undefined` when there are none. */
  of(uid: string): ReadonlySet<FrontendSession> | undefined {
    return this.byUid.get(uid);
  }

  /** Binds; false when the session had this user already. Throws what `Session.bind` rejects with. */
  bind(session: FrontendSession, uid: string): boolean {
    if (!isUid(uid, this.uidLength)) reportReject('session', 'bad_uid', transportOf(session));
    assertUid(uid, this.uidLength);
    if (!session.isOpen) throw pomeloError('SESSION_CLOSED', { session: session.id });
    if (session.uid === uid) return false;
    if (session.uid !== undefined) {
      reportReject('session', 'rebind', transportOf(session));
      throw pomeloError('ALREADY_BOUND', { uid: session.uid });
    }
    this.makeRoomFor(uid);
    setUid(session, uid);
    const sessions = this.byUid.get(uid);
    if (sessions === undefined) this.byUid.set(uid, new Set([session]));
    else sessions.add(session);
    return true;
  }

  /** Removes a binding; throws what `Session.unbind` rejects with. */
  unbind(session: FrontendSession, uid: string): void {
    if (!session.isOpen) throw pomeloError('SESSION_CLOSED', { session: session.id });
    if (session.uid === undefined || session.uid !== uid) throw pomeloError('NOT_BOUND', { uid });
    this.release(session);
    setUid(session, undefined);
  }

  /** Takes a session that is ending out; it keeps its uid, for those who hear of its end. */
  release(session: FrontendSession): void {
    if (session.uid === undefined) return;
    const sessions = this.byUid.get(session.uid);
    if (sessions?.delete(session) && sessions.size === 0) this.byUid.delete(session.uid);
  }

  private makeRoomFor(uid: string): void {
    const others = this.byUid.get(uid);
    if (others === undefined || this.single === false) return;
    if (this.single === 'refuseNew') throw pomeloError('UID_TAKEN', { uid });
    for (const other of others) other.close('replaced');
  }
}

function setUid(session: FrontendSession, uid: string | undefined): void {
  session.uid = uid;
  session.client.session.uid = uid;
}
