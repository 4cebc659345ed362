import { ChannelService, Remote } from 'nestjs-pomelo';
import { nameOf } from './user.js';

/** What connectors ask of the chat servers. */
@Remote('chat.chatRemote')
export class ChatRemote {
  constructor(private readonly channels: ChannelService) {}

  /** Lets a user into a room, and tells those who are there. The names of all, with the new one. */
  @Remote()
  async add(uid: string, sid: string, rid: string): Promise<string[]> {
    const room = this.channels.createChannel(rid);
    const told = room.pushMessage('onAdd', { user: nameOf(uid) });
    room.add(uid, sid);
    await told;
    return room.getMembers().map(nameOf);
  }

  /** Takes a user out of a room, and tells those who stay. The last one closes it. */
  @Remote()
  async kick(uid: string, sid: string, rid: string): Promise<void> {
    const room = this.channels.getChannel(rid);
    if (room === undefined || !room.leave(uid, sid)) return;
    if (room.getUserAmount() === 0) room.destroy();
    else await room.pushMessage('onLeave', { user: nameOf(uid) });
  }
}
