import { Body } from '@nestjs/common';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  OnHandshake,
  OnSessionClosed,
  PomeloException,
  type HandshakeData,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { socketio, type SocketioOptions } from 'nestjs-pomelo/socketio';
import { startApp, type RunningApp } from '../support/pomelo-app.js';

/** What clients ask for. */
@Handler('connector.main')
export class Main {
  readonly closings: string[] = [];
  readonly notes: unknown[] = [];
  private readonly releases: (() => void)[] = [];

  constructor(private readonly channels: ChannelService) {}

  @Handler() echo(@Body() body: unknown): unknown {
    return body;
  }
  @Handler() nothing(): void {}
  @Handler() address(@ConnectedSession() session: Session): string {
    return session.remoteAddress;
  }
  @Handler() note(@Body() body: unknown): void {
    this.notes.push(body);
  }
  @Handler() async pushMe(@Body() body: unknown[], @ConnectedSession() session: Session): Promise<unknown> {
    for (const one of body) await session.send('onPush', one);
    return { pushed: body.length };
  }
  @Handler() async tellAll(@Body() body: unknown): Promise<void> {
    await this.channels.broadcastHere('onAll', body);
  }
  @Handler() async kick(
    @Body() { reason }: { reason: string },
    @ConnectedSession() session: Session,
  ): Promise<void> {
    await session.kick(reason);
  }
  @Handler() async slow(@Body() body: unknown): Promise<unknown> {
    await new Promise<void>((resolve) => this.releases.push(resolve));
    return body;
  }
  @Handler() refuse(): never {
    throw new PomeloException(403, 'Not you.');
  }
  @Handler() fail(): never {
    throw new Error('the text that no client may see');
  }
  @OnSessionClosed() left(_session: Session, reason: string): void {
    this.closings.push(reason);
  }

  /** Requests that wait for {@link release}. */
  get waiting(): number {
    return this.releases.length;
  }

  /** Lets every slow request be answered. */
  release(): void {
    for (const release of this.releases.splice(0)) release();
  }
}

/** Decides about clients, and greets those it lets in. */
export class Doorman {
  readonly seen: HandshakeData[] = [];

  @OnHandshake() async decide(handshake: HandshakeData, session: Session): Promise<unknown> {
    this.seen.push(handshake);
    const { token } = (handshake.user ?? {}) as { token?: unknown };
    const { query } = handshake.sys as { query: { token?: unknown } };
    if (token === 'wrong' || query.token === 'wrong') throw new PomeloException(401, 'Who are you?');
    await session.send('onWelcome', { before: 'connected' });
    return undefined;
  }
}

/** A started application with its handlers at hand. */
export interface SocketioApp extends RunningApp {
  readonly main: Main;
}

/** Starts it with a socket.io connector. */
export async function startSocketio(
  options: Partial<SocketioOptions> = {},
  module: Partial<PomeloModuleOptions> = {},
  providers: NonNullable<Parameters<typeof startApp>[0]>['providers'] = [],
): Promise<SocketioApp> {
  const running = await startApp({
    providers: [Main, ...providers],
    options: { connectors: [socketio({ port: 0, host: '127.0.0.1', ...options })], ...module },
  });
  return { ...running, main: running.app.get(Main) };
}
