import { Body, Inject } from '@nestjs/common';
import { ConnectedSession, Handler, type Session } from 'nestjs-pomelo';
import { EchoHandler } from './echo.handler.js';
import { BROADCAST_ROUTE } from './entry.handler.js';
import { Room } from './room.js';

/** The same methods under the routes of the other protocols: `connector.main.*`. */
@Handler('connector.main')
export class MainHandler extends EchoHandler {
  constructor(
    room: Room,
    @Inject(BROADCAST_ROUTE) private readonly broadcastRoute: string,
  ) {
    super(room);
  }

  @Handler() async join(@ConnectedSession() session: Session): Promise<{ code: number }> {
    await this.room.join(session);
    return { code: 200 };
  }

  @Handler() async bcast(@Body() body: unknown): Promise<void> {
    await this.room.push(this.broadcastRoute, body);
  }

  @Handler() error(): never {
    throw new Error('the text that no client may see');
  }
}
