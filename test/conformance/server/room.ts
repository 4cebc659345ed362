import { Injectable } from '@nestjs/common';
import { type Channel, ChannelService, type Session } from 'nestjs-pomelo';

/** The one channel of the conformance server, and the route that a broadcast in it takes. */
@Injectable()
export class Room {
  private readonly channel: Channel;

  constructor(channels: ChannelService) {
    this.channel = channels.createChannel('room');
  }

  /** Puts a session into the channel; a guest gets a uid of its own first. */
  async join(session: Session): Promise<void> {
    if (session.uid === undefined) await session.bind(`guest-${session.id}`);
    this.channel.add(session);
  }

  /** Pushes to every member. */
  async push(route: string, body: unknown): Promise<void> {
    await this.channel.pushMessage(route, body);
  }
}
