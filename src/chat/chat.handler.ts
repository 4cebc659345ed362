import { Body, StandardSchemaValidationPipe, UsePipes } from '@nestjs/common';
import { ChannelService, ConnectedSession, Handler, PomeloException, type Session } from 'nestjs-pomelo';
import { Rooms } from './rooms.js';
import { EVERYBODY, sendSchema, type Send } from './send.schema.js';
import { nameOf, uidOf } from './user.js';

@Handler('chat.chatHandler')
@UsePipes(StandardSchemaValidationPipe)
export class ChatHandler {
  constructor(
    private readonly channels: ChannelService,
    private readonly rooms: Rooms,
  ) {}

  /** Says something to everybody in the room, or to one. */
  @Handler()
  async send(
    @Body({ schema: sendSchema }) { content, target }: Send,
    @ConnectedSession() session: Session,
  ): Promise<void> {
    const { uid } = session;
    const rid = session.get('rid');
    if (uid === undefined || rid === undefined) throw new PomeloException(403, 'Enter a room first.');
    const room = await this.rooms.roomWith(uid);
    if (room === undefined)
      throw new PomeloException(503, 'The room is moving to another server. Try again.');
    const message = { msg: content, from: nameOf(uid), target };
    if (target === EVERYBODY) {
      await room.pushMessage('onChat', message);
      return;
    }
    const member = room.getMember(uidOf(target, rid));
    if (member === undefined) throw new PomeloException(404, `${target} is not in this room.`);
    await this.channels.pushMessageByUids('onChat', message, [member]);
  }
}
