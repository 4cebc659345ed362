import { MessageBody } from '@nestjs/websockets';
import { ConnectedSession, Handler, type Session } from 'nestjs-pomelo';

/** What frontends do for their clients themselves. */
@Handler('connector.entry')
export class EntryHandler {
  @Handler() async enter(
    @ConnectedSession() session: Session,
    @MessageBody() { uid }: { uid: string },
  ): Promise<{ session: string }> {
    await session.bind(uid);
    return { session: session.id };
  }

  @Handler() ping(): { code: number } {
    return { code: 200 };
  }
}
