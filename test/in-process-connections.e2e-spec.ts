import { jest } from '@jest/globals';
import { Test, type TestingModule } from '@nestjs/testing';
import {
  Handler,
  OnHandshake,
  OnSessionClosed,
  PomeloAdapter,
  PomeloException,
  PomeloModule,
  SessionService,
  type HandshakeData,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { TestConnector } from 'nestjs-pomelo/testing';
import { closeAfterTest } from './support/pomelo-app.js';

@Handler('game.door')
class Door {
  readonly left: string[] = [];
  readonly seen: unknown[] = [];
  decide = async (_handshake: HandshakeData, _session: Session): Promise<unknown> => undefined;

  @OnHandshake() knock(handshake: HandshakeData, session: Session): Promise<unknown> {
    return this.decide(handshake, session);
  }
  @Handler() echo(_session: Session, body: unknown): unknown {
    this.seen.push(body);
    return body;
  }
  @Handler() async kick(session: Session, { reason }: { reason: string }): Promise<void> {
    await session.kick(reason);
  }
  @Handler() async leave(session: Session): Promise<void> {
    await session.close();
  }
  @Handler() async hang(): Promise<void> {
    await new Promise(() => {});
  }
  @Handler() async slow(_session: Session, body: unknown): Promise<void> {
    this.seen.push(body);
    await new Promise(setImmediate);
  }
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.left.push(reason);
  }
}

let connector: TestConnector;
let app: TestingModule;

async function start(options: PomeloModuleOptions = {}): Promise<Door> {
  connector = new TestConnector();
  app = await Test.createTestingModule({
    imports: [PomeloModule.forRoot({ ...options, connectors: [connector] })],
    providers: [Door],
  }).compile();
  app.useLogger(false);
  closeAfterTest(await app.init());
  return app.get(Door);
}

/** What a promise rejects with, for whoever looks at it later. */
function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe('the handshake of a client without a socket', () => {
  it('brings system part, user and address, as they would travel', async () => {
    const door = await start();
    const user = { token: 't', gone: undefined };
    door.decide = async (handshake, { remoteAddress }) => ({ handshake, remoteAddress });
    const client = await connector.connect({ sys: { type: 'web' }, user, remoteAddress: '192.0.2.7' });
    expect(client.user).toEqual({
      handshake: { sys: { type: 'web' }, user: { token: 't' } },
      remoteAddress: '192.0.2.7',
    });
  });

  it.each([
    ['the code of the exception', new PomeloException(401, 'Who are you?'), 401],
    ['500 when the hook fails', new Error('secret'), 500],
  ])('that is refused rejects with %s, and leaves nothing', async (_what, error, status) => {
    const door = await start();
    door.decide = () => Promise.reject(error);
    await expect(connector.connect()).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status });
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
    expect(app.get(PomeloAdapter).connections.open).toBe(0);
    expect(door.left).toEqual([]);
  });

  it('is refused by a guard with 500', async () => {
    await start({ handshakeGuards: [{ canActivate: () => false }] });
    await expect(connector.connect()).rejects.toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 500 });
  });

  it('ends when the server stops before it has decided', async () => {
    const door = await start();
    const asked = new Promise<void>((resolve) => {
      door.decide = () => new Promise(() => resolve());
    });
    const connecting = connector.connect();
    await asked;
    const failure = failureOf(connecting);
    await app.close();
    expect(await failure).toMatchObject({ code: 'HANDSHAKE_REFUSED', status: 500 });
  });

  it('that cannot travel is not sent', async () => {
    await start();
    await expect(connector.connect({ user: 1n })).rejects.toThrow(TypeError);
    expect(app.get(PomeloAdapter).connections.open).toBe(0);
  });

  it('needs an application that runs', async () => {
    await expect(new TestConnector().connect()).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    await start();
    await app.close();
    await expect(connector.connect()).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
  });
});

describe('a client without a socket', () => {
  it('that is kicked hears why, and what it waits for rejects', async () => {
    const door = await start();
    const client = await connector.connect();
    const hanging = failureOf(client.request('game.door.hang'));
    const waiting = failureOf(client.nextPush('onSay'));
    client.notify('game.door.kick', { reason: 'out' });
    expect(await client.closed).toBe('out');
    expect(await hanging).toMatchObject({
      code: 'CLOSED',
      message: 'the connection is closed: game.door.hang has no answer, because of "out"',
    });
    expect(await waiting).toMatchObject({ code: 'CLOSED' });
    await expect(client.nextPush('onSay')).rejects.toMatchObject({ code: 'CLOSED' });
    await expect(client.request('game.door.echo')).rejects.toMatchObject({ code: 'CLOSED' });
    expect(() => client.notify('game.door.echo')).toThrow('the connection is closed');
    expect(door.left).toEqual(['out']);
  });

  it('that the server closes without a word hears no reason', async () => {
    await start();
    const client = await connector.connect();
    client.notify('game.door.leave');
    expect(await client.closed).toBeUndefined();
  });

  it('that disconnects is gone when that is done, after all that it has said', async () => {
    const door = await start();
    const client = await connector.connect();
    client.notify('game.door.echo', 'goodbye');
    await client.disconnect();
    expect(door.seen).toEqual(['goodbye']);
    expect(door.left).toEqual(['peer_closed']);
    expect(await client.closed).toBeUndefined();
    await client.disconnect();
    expect(app.get(PomeloAdapter).connections.open).toBe(0);
  });

  it('is told when the server stops', async () => {
    const door = await start();
    const client = await connector.connect();
    await app.close();
    expect(await client.closed).toBe('stopping');
    expect(door.left).toEqual(['stopping']);
  });

  it('is held to the limits of a real one', async () => {
    await start({ limits: { packageBytes: 1024, jsonDepth: 4, connectionsPerIp: 1 } });
    const client = await connector.connect({ remoteAddress: '192.0.2.7' });
    await expect(client.request('game.door.echo', [[[[[]]]]])).rejects.toMatchObject({ code: 400 });
    await expect(connector.connect({ remoteAddress: '192.0.2.7' })).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      message: 'the server takes no connection: max_connections',
    });
    await connector.connect({ remoteAddress: '192.0.2.8' });
    client.notify('game.door.echo', 'x'.repeat(1024));
    expect(await client.closed).toBe('oversize');
  });

  it('waits while too many of its requests are in flight, and loses none', async () => {
    const door = await start({ limits: { requestsInFlight: 2 } });
    const client = await connector.connect();
    const asked = [1, 2, 3, 4, 5].map((count) => client.request('game.door.slow', count));
    await asked[0];
    expect(door.seen.length).toBeLessThan(5);
    await Promise.all(asked);
    expect(door.seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('needs no timer to talk', async () => {
    await start();
    jest.useFakeTimers();
    try {
      const client = await connector.connect();
      expect(await client.request('game.door.echo', 'hello')).toBe('hello');
      await client.disconnect();
    } finally {
      jest.useRealTimers();
    }
  });

  it('finds the next application at the same connector', async () => {
    const door = await start();
    await app.close();
    const options = PomeloModule.forRoot({ connectors: [connector] });
    const next = await Test.createTestingModule({ imports: [options], providers: [Door] }).compile();
    closeAfterTest(await next.init());
    const client = await connector.connect();
    await client.request('game.door.echo', 'hello');
    expect([door.seen, next.get(Door).seen]).toEqual([[], ['hello']]);
  });
});
