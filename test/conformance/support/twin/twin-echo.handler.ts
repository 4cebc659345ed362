import { Body } from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  InjectRemote,
  PomeloException,
  type RemoteClient,
  Session,
} from 'nestjs-pomelo';
import { AreaRemote } from './area.remote.js';

const OK = { code: 200 };

/** Answers as the handlers of the recorded server did: those that the recordings call. */
@Handler('connector.echoHandler')
export class TwinEchoHandler {
  constructor(
    private readonly channels: ChannelService,
    @InjectRemote(AreaRemote) private readonly area: RemoteClient<AreaRemote>,
  ) {}

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() proto(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() protoIn(@Body() body: unknown): unknown {
    return body;
  }

  @Handler() ping(): typeof OK {
    return OK;
  }

  @Handler() answer(): typeof OK {
    return OK;
  }

  @Handler() note(): void {}

  @Handler() nothing(): void {}

  /** Any JSON value as the whole answer. */
  @Handler() weird(@Body() { v }: { v: unknown }): unknown {
    return v;
  }

  /** The recorded handler answered twice; a value that is returned is one answer. */
  @Handler() twice(): object {
    return { a: 1 };
  }

  @Handler() error(): never {
    throw new Error('what no client may see');
  }

  @Handler() errorWithCode(): never {
    throw new PomeloException(404, 'not found');
  }

  @Handler() throwSync(): never {
    throw new Error('handler throws');
  }

  @Handler() async enter(
    @Body() { uid }: { uid: string },
    @ConnectedSession() session: Session,
  ): Promise<object> {
    await session.bind(uid);
    return { code: 200, sid: session.id, frontendId: session.frontendId, uid };
  }

  @Handler() async pushMe(
    @Body() { n, route = 'onPush' }: { n: number; route?: string },
    @ConnectedSession() session: Session,
  ): Promise<object> {
    for (let seq = 0; seq < n; seq += 1) await session.send(route, { seq, data: 'xxxxxxxx' });
    return { ...OK, n };
  }

  @Handler() async broadcastAll(
    @Body() { msg }: { msg: string },
    @ConnectedSession() { uid }: Session,
  ): Promise<object> {
    await this.channels.broadcast('connector', 'onBroadcast', { from: uid, msg }, { bound: true });
    return OK;
  }

  @Handler() async kickMe(
    @Body() { reason }: { reason?: unknown },
    @ConnectedSession() session: Session,
  ): Promise<void> {
    // The types say that a reason is text; this handler hands on what a client sent.
    await session.kick(typeof reason === 'string' ? reason : undefined);
  }

  /** Another server kicks the session; the answer does not wait for it. */
  @Handler() rpcTo(@Body() { reason }: { reason?: string }, @ConnectedSession() session: Session): typeof OK {
    this.area.notify(session).kick(session.id, reason ?? null);
    return OK;
  }
}
