import {
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import { Session, type PomeloServer } from 'nestjs-pomelo';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

@WebSocketGateway()
class Presence implements OnGatewayConnection, OnGatewayDisconnect, OnGatewayInit {
  readonly events: string[] = [];
  @WebSocketServer() readonly server!: PomeloServer;
  afterInit(server: PomeloServer): void {
    server.on('connection', () => this.events.push('server connection'));
    server.on('disconnect', () => this.events.push('server disconnect'));
  }
  handleConnection(session: Session): void {
    this.events.push(`came ${session instanceof Session}`);
  }
  handleDisconnect(session: Session): void {
    this.events.push(`went ${session.uid} ${String(session.get('room'))}`);
  }
}

describe('a @WebSocketGateway with the PomeloAdapter', () => {
  it('sees sessions come and go, over TCP and WebSocket', async () => {
    const { app, connect } = await startApp({ providers: [Presence, SessionProbe], http: true });
    const { events, server } = app.get(Presence);
    expect(server).toBeDefined();
    for (const protocol of ['tcp', 'ws'] as const) {
      events.length = 0;
      const client = await connect({ protocol });
      await app.get(SessionProbe).as(client, async (session) => {
        await session.bind(protocol);
        await session.set('room', 'lobby').pushAll();
      });
      await client.close();
      await until(() => events.length === 4);
      expect(events.toSorted()).toEqual([
        'came true',
        'server connection',
        'server disconnect',
        `went ${protocol} lobby`,
      ]);
    }
  });

  it('whose listeners fail costs nobody a connection', async () => {
    @WebSocketGateway()
    class Failing implements OnGatewayInit {
      afterInit(server: PomeloServer): void {
        server.on('connection', () => {
          throw new Error('connection');
        });
        server.on('disconnect', () => {
          throw new Error('disconnect');
        });
      }
    }
    const { connect, log } = await startApp({ providers: [Failing, SessionProbe], http: true });
    for (let round = 0; round < 2; round += 1) {
      const client = await connect();
      await client.request('t.probe.run');
      await client.close();
    }
    await until(() => log.matching('error', 'A gateway failed').length === 4);
  });

  it('with @SubscribeMessage stops the start: it could not answer requests', async () => {
    @WebSocketGateway()
    class Chat {
      @SubscribeMessage('chat') chat(): void {}
    }
    expect(await refusalOf(() => startApp({ providers: [Chat], http: true }))).toBe(
      '@SubscribeMessage("chat") cannot receive Pomelo messages. Use @Handler("serverType.handler.method") on a provider instead.',
    );
  });

  it('closes with the application, which hears of every session', async () => {
    const { app, connect } = await startApp({ providers: [Presence, SessionProbe], http: true });
    const { events } = app.get(Presence);
    const client = await connect();
    await client.request('t.probe.run');
    await app.close();
    expect(events).toContain('went undefined undefined');
  });
});
