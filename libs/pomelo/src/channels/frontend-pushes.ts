import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RpcService } from '../remotes/rpc.service.js';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { Session } from '../sessions/session.js';
import { SessionService } from '../sessions/session.service.js';
import { DeliveryLine } from './delivery-line.js';
import { decodePush, type Push } from './push.js';

/** Whom a push is for, of those on one server. */
export interface Receivers {
  /** Users, with all of their sessions there. */
  readonly uids: readonly string[];
  /** Sessions. */
  readonly sessions: readonly string[];
}

/** Who did not get a push, of those on one server. */
export interface NotReached extends Receivers {
  /** Those of the sessions that have ended. */
  readonly gone: readonly string[];
}

/** Which sessions a broadcast is for. */
export interface SessionFilter {
  /** Only sessions with a uid. Default false. */
  readonly bound?: boolean;
  /** Only sessions for which it returns true. */
  readonly filter?: (session: Session) => boolean;
}

/** Takes a push to members of channels; answers {@link NotReached}. */
export const PUSH = '$channel.push';
/** Takes a push to all sessions. */
export const BROADCAST = '$channel.broadcast';

/** Sends the pushes of channels to the sessions of this server, for itself and for other servers. */
@Injectable()
export class FrontendPushes implements OnModuleInit {
  private readonly line = new DeliveryLine();

  constructor(
    private readonly sessions: SessionService,
    private readonly rpc: RpcService,
  ) {}

  onModuleInit(): void {
    this.rpc.expose(PUSH, (_from, push: Uint8Array, receivers: Receivers) =>
      this.toReceivers(decodePush(push), receivers),
    );
    this.rpc.expose(BROADCAST, async (_from, push: Uint8Array, bound: boolean) => {
      await this.toAll(decodePush(push), { bound });
    });
  }

  /** Pushes to users and sessions. Rejects when the body cannot be encoded for some, which the others do not notice. */
  async toReceivers(push: Push, { uids, sessions }: Receivers): Promise<NotReached> {
    const users = uids.map((uid) => [...(this.sessions.ofUid(uid) ?? [])]);
    const joined = sessions.map((id) => this.sessions.own(id));
    const here = joined.filter((session) => session !== undefined);
    const missed = await this.toSessions(push, [...users.flat(), ...here]);
    if (missed.length === 0 && here.length === sessions.length && users.every(isSome))
      return { uids: [], sessions: [], gone: [] };
    const lost = new Set<FrontendSession | undefined>([undefined, ...missed]);
    return {
      uids: uids.filter((_uid, index) => users[index]?.every((session) => lost.has(session))),
      sessions: sessions.filter((_id, index) => lost.has(joined[index])),
      gone: sessions.filter((id) => this.sessions.own(id) === undefined),
    };
  }

  /** Pushes to all sessions that are meant, once each. Resolves to the number of sessions reached; rejects also with what `filter` throws. */
  async toAll(push: Push, { bound = false, filter }: SessionFilter): Promise<number> {
    const sessions = [...this.sessions.all()].filter(
      (session) => (!bound || session.uid !== undefined) && (filter === undefined || filter(session.view())),
    );
    return sessions.length - (await this.toSessions(push, sessions)).length;
  }

  /** Pushes to sessions, behind the pushes before it. Resolves to those that were not reached. */
  toSessions(push: Push, sessions: readonly FrontendSession[]): Promise<FrontendSession[]> {
    return this.line.send(push, sessions);
  }
}

function isSome(sessions: readonly FrontendSession[]): boolean {
  return sessions.length > 0;
}
