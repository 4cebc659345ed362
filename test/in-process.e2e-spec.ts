import { Injectable, UseGuards, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  ChannelService,
  Handler,
  OnHandshake,
  PomeloException,
  PomeloModule,
  type HandshakeData,
  type Session,
} from 'nestjs-pomelo';
import { TestConnector } from 'nestjs-pomelo/testing';
import { closeAfterTest } from './support/pomelo-app.js';

const shared = { list: [1, 2] };

@Injectable()
class Known implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    return !context.switchToWs().getClient<Session>().isGuest;
  }
}

@Handler('game.room')
class Room {
  readonly seen: unknown[] = [];
  constructor(private readonly channels: ChannelService) {}

  @OnHandshake() async hello({ user }: HandshakeData, session: Session): Promise<void> {
    await session.send('onHello', { user });
  }
  @Handler() echo(_session: Session, body: unknown): unknown {
    this.seen.push(body);
    return body;
  }
  @Handler() give(_session: Session, { what }: { what: string }): unknown {
    const values: Record<string, unknown> = {
      nothing: undefined,
      zero: 0,
      empty: '',
      no: false,
      null: null,
      shared,
      bytes: Buffer.from([0, 255]),
      json: Buffer.from('{"ready":"made"}'),
      bigint: 1n,
      old: { code: 500, error: true },
    };
    return values[what];
  }
  @Handler() refuse(): void {
    throw new PomeloException(402, 'Pay first', { data: { price: 3 } });
  }
  @Handler() fail(): void {
    throw new Error('secret');
  }
  @UseGuards(Known) @Handler() secret(): string {
    return 'told';
  }
  @Handler() async enter(session: Session, { name }: { name: string }): Promise<void> {
    await session.bind(name);
    this.channels.createChannel('room').add(session);
  }
  @Handler() async say(session: Session, { text }: { text: string }): Promise<unknown> {
    return this.channels.createChannel('room').pushMessage('onSay', { from: session.uid, text });
  }
}

describe('a client without a socket', () => {
  let connector: TestConnector;
  let app: TestingModule;

  beforeEach(async () => {
    connector = new TestConnector();
    app = await Test.createTestingModule({
      imports: [PomeloModule.forRoot({ connectors: [connector] })],
      providers: [Room, Known],
    }).compile();
    app.useLogger(false);
    closeAfterTest(await app.init());
  });

  describe('asks', () => {
    it.each([
      ['nothing', {}],
      ['zero', 0],
      ['empty', ''],
      ['no', false],
      ['null', null],
      ['bytes', Buffer.from([0, 255])],
      ['json', { ready: 'made' }],
    ])('and gets what would travel for %s', async (what, expected) => {
      const client = await connector.connect();
      expect(await client.request('game.room.give', { what })).toEqual(expected);
    });

    it('with bodies that nobody shares', async () => {
      const client = await connector.connect();
      const body = { list: [1], when: new Date(0), gone: undefined };
      const answer = await client.request('game.room.echo', body);
      const [seen] = app.get(Room).seen;
      expect(seen).toEqual({ list: [1], when: '1970-01-01T00:00:00.000Z' });
      expect(seen).not.toBe(body);
      expect(answer).not.toBe(seen);
      (await client.request<typeof shared>('game.room.give', { what: 'shared' })).list.push(3);
      expect(shared).toEqual({ list: [1, 2] });
    });

    it('and is refused with code, message and data', async () => {
      const client = await connector.connect();
      await expect(client.request('game.room.refuse')).rejects.toMatchObject({
        name: 'TestRequestError',
        message: 'game.room.refuse: Pay first',
        route: 'game.room.refuse',
        code: 402,
        msg: 'Pay first',
        body: { code: 402, msg: 'Pay first', price: 3 },
      });
      await expect(client.request('game.room.fail')).rejects.toMatchObject({ code: 500, msg: undefined });
      await expect(client.request('game.room.none')).rejects.toMatchObject({ code: 404 });
      await expect(client.request('game.room.secret')).rejects.toMatchObject({ code: 403 });
      await expect(client.request('game.room.give', { what: 'old' })).rejects.toMatchObject({
        body: { code: 500, error: true },
      });
    });

    it('and hears of an answer that cannot travel', async () => {
      const client = await connector.connect();
      await expect(client.request('game.room.give', { what: 'bigint' })).rejects.toMatchObject({ code: 500 });
    });

    it('nothing that cannot travel', async () => {
      const client = await connector.connect();
      await expect(client.request('game.room.echo', { n: 1n })).rejects.toThrow(TypeError);
      expect(() => client.notify('x'.repeat(256))).toThrow(/255/);
      expect(await client.request('game.room.echo', 'still there')).toBe('still there');
      expect(app.get(Room).seen).toEqual(['still there']);
    });

    it('in the order of the calls, never in the turn of the call', async () => {
      const client = await connector.connect();
      client.notify('game.room.echo', 1);
      const second = client.request('game.room.echo', 2);
      expect(app.get(Room).seen).toEqual([]);
      await second;
      expect(app.get(Room).seen).toEqual([1, 2]);
    });
  });

  describe('hears', () => {
    it('pushes, each of them once, whether they came before the question or come after it', async () => {
      const [ann, bob] = [await connector.connect(), await connector.connect()];
      await ann.request('game.room.enter', { name: 'ann' });
      await bob.request('game.room.enter', { name: 'bob' });
      const heard: unknown[] = [];
      const stop = bob.on('onSay', (body) => heard.push(body));
      expect(await ann.request('game.room.say', { text: 'one' })).toEqual([]);
      await ann.request('game.room.say', { text: 'two' });
      expect(await bob.nextPush('onSay')).toEqual({ from: 'ann', text: 'one' });
      expect(await bob.nextPush('onSay')).toEqual({ from: 'ann', text: 'two' });
      stop();
      const third = bob.nextPush('onSay');
      ann.notify('game.room.say', { text: 'three' });
      expect(await third).toEqual({ from: 'ann', text: 'three' });
      expect(heard).toEqual([
        { from: 'ann', text: 'one' },
        { from: 'ann', text: 'two' },
      ]);
      expect(await ann.nextPush('onSay')).not.toBe(heard[0]);
    });

    it('what the handshake has pushed, when it listens as soon as it is connected', async () => {
      const client = await connector.connect({ user: 'ann' });
      const heard: unknown[] = [];
      client.on('onHello', (body) => heard.push(body));
      expect(await client.nextPush('onHello')).toEqual({ user: 'ann' });
      expect(heard).toEqual([{ user: 'ann' }]);
    });

    it('what came instead of a push that does not come', async () => {
      const client = await connector.connect();
      await client.request('game.room.echo', {});
      await expect(client.nextPush('onSay', { timeoutMs: 1 })).rejects.toMatchObject({
        code: 'TIMEOUT',
        message: 'nothing came in time: no push of onSay within 1 ms; not taken yet: onHello',
      });
    });
  });
});
