import { Body, HttpException, Injectable } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import {
  ChannelService,
  ConnectedSession,
  Handler,
  hybrid,
  OnHandshake,
  PomeloException,
  SessionService,
  type HandshakeData,
  type Session,
} from 'nestjs-pomelo';
import { ask } from './support/ask.js';
import { closeAfterTest, startApp } from './support/pomelo-app.js';
import { RawClient } from './support/raw-client.js';
import { until } from './support/until.js';

const UNDESCRIBABLE: (() => unknown)[] = [
  () => Object.create(null),
  () => ({ toString: 1 }),
  () => Object.assign(new Error('x'), { toString: 1 }),
  () => new WsException(null as unknown as string),
  () => new HttpException(undefined as unknown as string, 400),
];

@Handler('t.strange')
class Strange {
  @Handler() throwBody(@Body() body: unknown): never {
    throw body;
  }
  @Handler() async rejectBody(@Body() body: unknown): Promise<never> {
    throw body;
  }
  @Handler() throwNth(@Body('n') n: number): never {
    throw UNDESCRIBABLE[n]?.();
  }
  @Handler() fine(): string {
    return 'fine';
  }
}

describe('whatever a handler throws', () => {
  it.each(['throwBody', 'rejectBody'])(
    'is answered once and hurts nobody, also what a client sent: %s',
    async (method) => {
      const { connect } = await startApp({ providers: [Strange] });
      const client = await connect();
      expect(await ask(client, `t.strange.${method}`, { toString: 1 })).toEqual({ code: 500 });
      expect(await ask(client, 't.strange.fine')).toBe('fine');
    },
  );

  it('is answered when it cannot even be described', async () => {
    const { connect } = await startApp({ providers: [Strange] });
    const client = await connect();
    for (const n of UNDESCRIBABLE.keys()) {
      expect(await ask(client, 't.strange.throwNth', { n })).toMatchObject({ code: expect.any(Number) });
    }
    expect(await ask(client, 't.strange.fine')).toBe('fine');
  });

  it('tells clients nothing of what is inside', async () => {
    @Handler('t.inside')
    class Inside {
      constructor(private readonly channels: ChannelService) {}
      @Handler() async push(): Promise<unknown> {
        const channel = this.channels.createChannel('secret-room');
        channel.destroy();
        return channel.pushMessage('on', {});
      }
    }
    const { connect } = await startApp({ providers: [Inside] });
    expect(await ask(await connect(), 't.inside.push')).toEqual({ code: 500, msg: 'The request failed.' });
  });
});

describe('a decode() of the application that gives no message', () => {
  it.each(['{}', 'null', '{"route":5}', '{"route":"t.strange.fine","id":-1}'])(
    'costs that client alone its connection: %s',
    async (text) => {
      const decode = (_client: unknown, message: Buffer): never => JSON.parse(message.toString()) as never;
      const { port, app, connect } = await startApp({
        providers: [Strange],
        options: { connectors: [hybrid({ port: 0, decode })] },
      });
      const bystander = await connect();
      const client = await RawClient.open(port);
      const body = Buffer.from(text);
      client.send(
        Buffer.from('010000097b22737973223a317d02000000', 'hex'),
        Buffer.from([4, 0, 0, body.length]),
        body,
      );
      await until(() => app.get(SessionService).getSessionsCount() === 1);
      expect(bystander.state).toBe('open');
    },
  );
});

describe('a session that is ending', () => {
  it.each(['constructor', 'toString', '__proto__', 'x'.repeat(200)])(
    'ends on WebSocket, whatever word is the reason: %s',
    async (word) => {
      const { app, connect } = await startApp({ providers: [Strange] });
      const client = await connect({ protocol: 'ws' });
      const closed = new Promise((resolve) => client.events.on('kick', resolve));
      const sessions = app.get(SessionService);
      sessions.forEachSession((session) => void session.kick(word));
      expect(await closed).toMatchObject({ reason: word });
      await until(() => sessions.getSessionsCount() === 0);
    },
  );

  it('cannot take the user of somebody else any more', async () => {
    const outcome: unknown[] = [];
    @Handler('t.bind')
    class Bind {
      @Handler() async bind(@Body('uid') uid: string, @ConnectedSession() session: Session): Promise<string> {
        await session.bind(uid);
        return uid;
      }
      @Handler() async late(@ConnectedSession() session: Session): Promise<void> {
        await session.kick('bye');
        outcome.push(
          await session.bind('bob').catch((error: PomeloException) => error.reason),
          await session.send('on', 1),
        );
      }
    }
    const { app, connect } = await startApp({
      providers: [Bind],
      options: { sessions: { single: 'kickOld' } },
    });
    const bob = await connect();
    await bob.request('t.bind.bind', { uid: 'bob' });
    const other = await connect();
    other.notify('t.bind.late');
    await until(() => outcome.length === 2);
    expect(outcome).toEqual(['SESSION_CLOSED', false]);
    expect([bob.state, await app.get(SessionService).isBound('bob')]).toEqual(['open', true]);
  });

  it('leaves its channels, also when it never got in', async () => {
    @Injectable()
    class Refuse {
      constructor(private readonly channels: ChannelService) {}
      @OnHandshake() async refuse(_data: HandshakeData, session: Session): Promise<void> {
        await session.bind('ann');
        this.channels.createChannel('lobby').add(session);
        throw new PomeloException(403, 'No');
      }
    }
    const { app, connect } = await startApp({ providers: [Refuse] });
    await expect(connect()).rejects.toMatchObject({ status: 403 });
    await until(() => app.get(ChannelService).createChannel('lobby').getUserAmount() === 0);
  });
});

describe('notifies', () => {
  it('count as in flight, so that a flood of them does not run all at once', async () => {
    let running = 0;
    let most = 0;
    let done = 0;
    let release: () => void = () => {};
    const gate = new Promise<void>((resolve) => (release = resolve));
    @Handler('t.flood')
    class Flood {
      @Handler() async note(): Promise<void> {
        running += 1;
        most = Math.max(most, running);
        await gate;
        running -= 1;
        done += 1;
      }
    }
    const { connect } = await startApp({
      providers: [Flood],
      options: { limits: { requestsInFlight: 8, messageBurst: 500 } },
    });
    const client = closeAfterTest(await connect());
    for (let count = 0; count < 500; count += 1) client.notify('t.flood.note');
    await until(() => running === 8);
    release();
    await until(() => done === 500);
    expect(most).toBe(8);
  });
});
