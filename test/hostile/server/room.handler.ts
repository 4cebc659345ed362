import { Body } from '@nestjs/common';
import { type Channel, ChannelService, ConnectedSession, Handler, type Session } from 'nestjs-pomelo';

/** One room, and a flood for everybody in it. */
@Handler('connector.roomHandler')
export class RoomHandler {
  private readonly room: Channel;

  constructor(channels: ChannelService) {
    this.room = channels.createChannel('room');
  }

  @Handler() async join(@ConnectedSession() session: Session): Promise<{ code: number }> {
    await session.bind(`guest-${session.id}`);
    this.room.add(session);
    return { code: 200 };
  }

  /** Pushes `count` messages of `bytes` to the room, all at once. */
  @Handler() async burst(@Body() { count, bytes }: { count: number; bytes: number }): Promise<number> {
    const body = { filler: 'x'.repeat(bytes) };
    for (let sent = 0; sent < count; sent += 1) await this.room.pushMessage('onFlood', body);
    return count;
  }
}
