import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import {
  ChannelService,
  InjectRemote,
  rendezvous,
  ServerRegistry,
  type Channel,
  type RemoteClient,
  type ServerEvent,
  type ServerInfo,
} from 'nestjs-pomelo';
import { Residents } from '../connector/residents.remote.js';
import { nameOf, ridOf } from './user.js';

/**
 * The rooms of this chat server. A room moves when chat servers come and go: its new server asks the connectors who is in
 * it, so nobody has to enter again.
 */
@Injectable()
export class Rooms implements OnModuleInit {
  private readonly logger = new Logger(Rooms.name);
  /** The users of each connector: one that dies does not say who leaves with it. */
  private readonly users = new Map<string, Set<string>>();

  constructor(
    private readonly channels: ChannelService,
    private readonly servers: ServerRegistry,
    @InjectRemote(Residents) private readonly connectors: RemoteClient<Residents>,
  ) {}

  /** The room of a user; `undefined` while nobody is in it. */
  roomOf(uid: string): Channel | undefined {
    return this.channels.getChannel(ridOf(uid));
  }

  /** {@link roomOf} a user who is in it; `undefined` when no connector knows of that either. */
  async roomWith(uid: string): Promise<Channel | undefined> {
    if (!this.has(uid)) await this.gather();
    return this.has(uid) ? this.roomOf(uid) : undefined;
  }

  /** Lets a user in, who is connected to a server. */
  enter(uid: string, sid: string): Channel {
    const room = this.channels.createChannel(ridOf(uid));
    room.add(uid, sid);
    this.users.set(sid, (this.users.get(sid) ?? new Set()).add(uid));
    return room;
  }

  /** Takes a user out, and tells those who stay. The last one closes the room. */
  async leave(uid: string, sid: string): Promise<void> {
    const users = this.users.get(sid);
    const room = this.roomOf(uid);
    if (users?.delete(uid) !== true || room === undefined) return;
    if (users.size === 0) this.users.delete(sid);
    room.leave(uid, sid);
    if (room.getUserAmount() === 0) room.destroy();
    // Or the user has come back already, by another connector.
    else if (!this.has(uid)) await room.pushMessage('onLeave', { user: nameOf(uid) });
  }

  onModuleInit(): void {
    this.on('join', async () => {
      this.giveAway();
      await this.gather();
    });
    this.on('drain', () => this.gather());
    this.on('leave', async ({ id }) => {
      await Promise.all([...(this.users.get(id) ?? [])].map((uid) => this.leave(uid, id)));
      await this.gather();
    });
  }

  /** Does something when another server comes or goes, on chat servers. */
  private on(event: ServerEvent, work: (server: ServerInfo) => Promise<void>): void {
    this.servers.on(event, (server) => {
      const { id, types } = this.servers.self;
      if (server.id === id || !types.includes('chat')) return;
      work(server).catch((error: unknown) => this.logger.warn(`Not all were told: ${String(error)}`));
    });
  }

  private has(uid: string): boolean {
    return this.roomOf(uid)?.getMember(uid) !== undefined;
  }

  private isOurs(uid: string): boolean {
    return rendezvous(ridOf(uid), this.servers.byType('chat'))?.id === this.servers.self.id;
  }

  /** Lets in who is in a room that has come here, and tells those in it where it is now. */
  private async gather(): Promise<void> {
    const changed = new Set<Channel>();
    for (const [sid, uids] of await this.connectors.all().uids()) {
      if (uids instanceof Error) this.logger.warn(`${sid} does not say who is there: ${uids.message}`);
      else for (const uid of uids) if (this.isOurs(uid) && !this.has(uid)) changed.add(this.enter(uid, sid));
    }
    const chat = this.servers.self.id;
    const told = Array.from(changed, (room) =>
      room.pushMessage('onRoom', { chat, users: room.getMembers().map(nameOf) }),
    );
    await Promise.all(told);
  }

  /** Forgets the rooms that another chat server has now. */
  private giveAway(): void {
    for (const users of this.users.values())
      for (const uid of users)
        if (!this.isOurs(uid)) {
          users.delete(uid);
          this.channels.destroyChannel(ridOf(uid));
        }
  }
}
