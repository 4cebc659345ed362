import { Body, Injectable } from '@nestjs/common';
import {
  Channel,
  ChannelService,
  ConnectedSession,
  Handler,
  OnSessionClosed,
  PomeloException,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { mydog, type MydogOptions } from 'nestjs-pomelo/mydog';
import { startApp, type RunningApp } from '../support/pomelo-app.js';

/** The route table of the recorded server. */
export const RECORDED_ROUTES = [
  'connector.main.echo',
  'connector.main.login',
  'connector.main.pushMe',
  'connector.main.join',
  'connector.main.groupSend',
  'connector.main.all',
  'connector.main.kick',
  'connector.main.note',
  'connector.main.count',
  'connector.main.rpcEcho',
  'chat.main.echo',
  'chat.main.join',
  'chat.main.send',
  'chat.main.setSession',
  'connector.main.getSession',
  'onPush',
  'onGroup',
  'onAll',
  'onKick',
];

/** The channel of {@link Main}. */
@Injectable()
export class Lobby {
  readonly channel: Channel;
  constructor(channels: ChannelService) {
    this.channel = channels.createChannel('lobby');
  }
}

/** The handlers of the recorded server, and some that go wrong. */
@Handler('connector.main')
export class Main {
  readonly closings: string[] = [];
  readonly notes: unknown[] = [];
  private readonly releases: (() => void)[] = [];

  constructor(private readonly lobby: Lobby) {}

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }
  @Handler() async login(
    @Body() { uid }: { uid: number },
    @ConnectedSession() session: Session,
  ): Promise<unknown> {
    await session.bind(String(uid));
    return { ok: true, sid: session.frontendId, ip: session.remoteAddress };
  }
  @Handler() async pushMe(
    @Body() { n, size }: { n: number; size: number },
    @ConnectedSession() session: Session,
  ): Promise<unknown> {
    for (let i = 0; i < n; i += 1) await session.send('onPush', { i, pad: 'x'.repeat(size) });
    return { n };
  }
  @Handler() join(@ConnectedSession() session: Session): unknown {
    this.lobby.channel.add(session);
    return { joined: true };
  }
  @Handler() async groupSend(@Body() body: unknown): Promise<unknown> {
    return { missed: await this.lobby.channel.pushMessage('onGroup', body) };
  }
  @Handler() async kick(@ConnectedSession() session: Session): Promise<void> {
    await session.send('onKick', { why: 'kicked' });
    await session.close();
  }
  @Handler() note(@Body() body: unknown): void {
    this.notes.push(body);
  }
  @Handler() async slow(@Body() body: unknown): Promise<unknown> {
    await new Promise<void>((resolve) => this.releases.push(resolve));
    return body;
  }
  @Handler() go(): unknown {
    this.releases.pop()?.();
    return 'went';
  }
  @Handler() refuse(): never {
    throw new PomeloException(403, 'Not you.');
  }
  @Handler() fail(): never {
    throw new Error('the text that no client may see');
  }
  @Handler() async lost(@ConnectedSession() session: Session): Promise<unknown> {
    return session.send('onNobodyKnows', {});
  }
  @OnSessionClosed() left(_session: Session, reason: string): void {
    this.closings.push(reason);
  }
}

/** Starts it with a mydog connector. */
export function startMydog(
  options: Partial<MydogOptions> = {},
  module: Partial<PomeloModuleOptions> = {},
): Promise<RunningApp> {
  return startApp({
    providers: [Main, Lobby],
    options: { ...module, connectors: [mydog({ port: 0, host: '127.0.0.1', ...options })] },
  });
}
