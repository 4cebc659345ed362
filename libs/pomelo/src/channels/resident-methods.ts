import { Injectable, type OnModuleInit } from '@nestjs/common';
import { RpcService } from '../remotes/rpc.service.js';
import { SessionService } from '../sessions/session.service.js';
import { FrontendMulticast } from './frontend-multicast.js';
import { FrontendPushes } from './frontend-pushes.js';
import { decodePush, type Push } from './push.js';
import { ResidentGroups } from './resident-groups.js';

/** What a frontend does for cluster-wide channels, by the names of the methods. */
export const GLOBAL = {
  add: '$global.add',
  addUid: '$global.addUid',
  leave: '$global.leave',
  leaveUid: '$global.leaveUid',
  push: '$global.push',
  members: '$global.members',
  count: '$global.count',
  destroy: '$global.destroy',
} as const;

/** The part of cluster-wide channels that lives on this server: the sessions of it, and pushes to them. */
@Injectable()
export class ResidentMethods implements OnModuleInit {
  constructor(
    private readonly groups: ResidentGroups,
    private readonly sessions: SessionService,
    private readonly pushes: FrontendPushes,
    private readonly multicast: FrontendMulticast,
    private readonly rpc: RpcService,
  ) {}

  /** Pushes to the members on this server. Rejects when the body cannot be encoded for some, which the others do not notice. */
  async push(name: string, push: Push): Promise<void> {
    await this.pushes.toSessions(push, this.groups.sessionsOf(name));
  }

  onModuleInit(): void {
    const { groups, rpc, sessions } = this;
    rpc.expose(GLOBAL.add, (_from, name: string, id: string) => {
      const session = sessions.own(id);
      return session !== undefined && groups.add(name, session);
    });
    rpc.expose(GLOBAL.leave, (_from, name: string, id: string) => {
      const session = sessions.own(id);
      return session !== undefined && groups.remove(name, session);
    });
    rpc.expose(GLOBAL.addUid, (_from, name: string, uid: string) => {
      const added = Array.from(sessions.ofUid(uid) ?? [], (session) => groups.add(name, session));
      return added.includes(true);
    });
    rpc.expose(GLOBAL.leaveUid, (_from, name: string, uid: string) => groups.removeUser(name, uid));
    rpc.expose(GLOBAL.members, (_from, name: string) => groups.uidsOf(name));
    rpc.expose(GLOBAL.count, (_from, name: string) => groups.uidsOf(name).length);
    rpc.expose(GLOBAL.destroy, (_from, name: string) => groups.clear(name));
    this.multicast.expose(GLOBAL.push, (name: string, push: Uint8Array) => this.push(name, decodePush(push)));
  }
}
