import { Injectable } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import { RpcService } from '../remotes/rpc.service.js';
import { SessionService } from '../sessions/session.service.js';
import type { MemberRecord } from './channel-member.js';
import { FrontendPushes, PUSH, type NotReached } from './frontend-pushes.js';
import { type Parcel, parcelsFor } from './parcels.js';
import { encodePush, type Push } from './push.js';
import { isUnreachable } from './unreachable.js';

/** What became of a push. */
export interface PushOutcome {
  /** Uids that no session of was reached, in the order of the members. */
  readonly missed: string[];
  /** Sessions of other servers that have ended. */
  readonly gone: string[];
}

interface Delivered {
  readonly parcel: Parcel;
  readonly missed: NotReached;
}

/** Sends pushes to members wherever they are: one message for each server that holds some. */
@Injectable()
export class PushSender {
  constructor(
    private readonly local: FrontendPushes,
    private readonly registry: ServerRegistry,
    private readonly rpc: RpcService,
    private readonly sessions: SessionService,
  ) {}

  /**
   * Sends a push before it returns, so that pushes of this server to another one keep their order. Rejects when the body
   * cannot be encoded for some member, which the others do not notice.
   */
  async send(push: Push, members: readonly MemberRecord[]): Promise<PushOutcome> {
    const parcels = parcelsFor(members);
    const settled = await Promise.allSettled(this.deliverAll(push, parcels));
    const delivered = settled.map(valueOf);
    const gone = delivered.flatMap(({ missed }) => missed.gone);
    const isSomebodyNowhere = members.some(({ places }) => places.length === 0);
    if (
      !isSomebodyNowhere &&
      delivered.every(({ missed }) => missed.uids.length + missed.sessions.length === 0)
    )
      return { missed: [], gone };
    const reached = new Set(delivered.flatMap(({ parcel, missed }) => parcel.reached(missed)));
    return { missed: members.flatMap(({ uid }) => (reached.has(uid) ? [] : [uid])), gone };
  }

  private deliverAll(push: Push, parcels: ReadonlyMap<string, Parcel>): Promise<Delivered>[] {
    let encoded: Uint8Array | undefined;
    const encode = (): Uint8Array => (encoded ??= encodePush(push));
    return Array.from(parcels, async ([sid, parcel]) => {
      if (sid !== this.sessions.frontendId)
        return { parcel, missed: await this.toServer(sid, parcel, encode) };
      const { uids, sessions } = await this.local.toReceivers(push, parcel);
      // Sessions of this server are heard of when they end.
      return { parcel, missed: { uids, sessions, gone: [] } };
    });
  }

  private async toServer(sid: string, parcel: Parcel, encode: () => Uint8Array): Promise<NotReached> {
    if (this.registry.get(sid) === undefined) return parcel.nobody();
    const { uids, sessions } = parcel;
    try {
      return (await this.rpc.call(sid, PUSH, [encode(), { uids, sessions }])) as NotReached;
    } catch (error) {
      if (isUnreachable(error)) return parcel.nobody();
      throw error;
    }
  }
}

function valueOf<T>(result: PromiseSettledResult<T>): T {
  if (result.status === 'rejected') throw result.reason;
  return result.value;
}
