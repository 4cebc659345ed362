import { Remote, ServerRegistry } from 'nestjs-pomelo';
import { Rooms } from './rooms.js';
import { nameOf } from './user.js';

/** What a chat server says to somebody who enters a room. */
export interface Welcome {
  /** The names of all who are in it. */
  readonly users: string[];
  /** Id of the chat server. */
  readonly chat: string;
}

/** What connectors ask of the chat servers. */
@Remote('chat.chatRemote')
export class ChatRemote {
  constructor(
    private readonly rooms: Rooms,
    private readonly servers: ServerRegistry,
  ) {}

  /** Lets a user into a room, and tells those who are there. */
  @Remote()
  async add(uid: string, sid: string): Promise<Welcome> {
    const told = this.rooms.roomOf(uid)?.pushMessage('onAdd', { user: nameOf(uid) });
    const room = this.rooms.enter(uid, sid);
    await told;
    return { users: room.getMembers().map(nameOf), chat: this.servers.self.id };
  }

  /** Takes a user out of a room, and tells those who stay. */
  @Remote()
  async kick(uid: string, sid: string): Promise<void> {
    await this.rooms.leave(uid, sid);
  }
}
