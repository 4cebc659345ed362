import { Body } from '@nestjs/common';
import { ConnectedSession, Handler, Session } from 'nestjs-pomelo';
import { Room } from './room.js';

/** The answer of a handler that has nothing to say. */
const OK = { code: 200 };

/** Answers, pushes, kicks and fails as it is asked to. No method has an enhancer. */
@Handler('connector.echoHandler')
export class EchoHandler {
  constructor(protected readonly room: Room) {}

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() ping(): typeof OK {
    return OK;
  }

  @Handler() note(): void {}

  @Handler() proto(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() protoIn(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() async bind(
    @Body() body: { uid: string },
    @ConnectedSession() session: Session,
  ): Promise<typeof OK> {
    await session.bind(body.uid);
    return OK;
  }

  @Handler() async enter(
    @Body() body: { uid: string },
    @ConnectedSession() session: Session,
  ): Promise<typeof OK> {
    await session.bind(body.uid);
    await this.room.join(session);
    return OK;
  }

  @Handler() async pushMe(
    @Body() { n, route = 'onPush' }: { n: number; route?: string },
    @ConnectedSession() session: Session,
  ): Promise<{ code: number; n: number }> {
    for (let seq = 0; seq < n; seq += 1) await session.send(route, { seq, data: 'xxxxxxxx' });
    return { ...OK, n };
  }

  @Handler() async blast(
    @Body() { n, size }: { n: number; size: number },
  ): Promise<{ code: number; n: number }> {
    const body = { data: 'x'.repeat(size) };
    for (let sent = 0; sent < n; sent += 1) await this.room.push('onBlast', body);
    return { ...OK, n };
  }

  @Handler() async kickMe(
    @Body() body: { reason?: string },
    @ConnectedSession() session: Session,
  ): Promise<void> {
    await session.kick(body.reason);
  }
}
