import { Inject, Injectable, Module } from '@nestjs/common';
import {
  ChannelService,
  Handler,
  hybrid,
  OnSessionClosed,
  PomeloAdapter,
  PomeloException,
  SessionService,
  type ClientManager,
  type ClientSocket,
  type Connector,
  type ConnectorCodec,
  type ListenAddress,
  type PomeloModuleOptions,
  type Session,
} from 'nestjs-pomelo';
import { PomeloClient } from 'nestjs-pomelo-client';
import { createServer, type AddressInfo } from 'node:net';
import { LineConnector } from './fixtures/line.connector.js';
import { LineClient } from './support/line-client.js';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { until } from './support/until.js';

@Handler('chat.room')
class Room {
  readonly left: string[] = [];
  constructor(private readonly channels: ChannelService) {}
  @Handler() async enter(session: Session, body: { name: string }): Promise<unknown> {
    await session.bind(body.name);
    const room = this.channels.getChannel('room', true);
    room.add(session);
    return room.getMembers();
  }
  @Handler() async say(session: Session, body: { text: string }): Promise<void> {
    await this.channels.getChannel('room', true).pushMessage('onChat', { from: session.uid, ...body });
  }
  @Handler() fail(): void {
    throw new PomeloException(402, 'Pay first');
  }
  @Handler() kick(session: Session): void {
    void session.kick('out');
  }
  @OnSessionClosed() closed(_session: Session, reason: string): void {
    this.left.push(reason);
  }
}

/** Listens nowhere. */
class Mute implements Connector {
  constructor(readonly options: Partial<ConnectorCodec> = {}) {}
  async start(): Promise<ListenAddress[]> {
    return [];
  }
  async stop(): Promise<void> {}
}

const OWN_CODEC: ConnectorCodec = {
  encode: (_client, id, route) => Buffer.from(`${JSON.stringify({ mine: [id, route] })}\n`),
  decode: (_client, line) => ({ id: Number(line.toString()), route: 'chat.room.fail', body: {} }),
};

function start(
  connectors: PomeloModuleOptions['connectors'],
  options: PomeloModuleOptions = {},
): Promise<RunningApp> {
  return startApp({ providers: [Room], options: { ...options, connectors: connectors ?? [] } });
}

describe('a connector of the application', () => {
  it('given as an instance serves requests, notifies, pushes, errors and kicks', async () => {
    const { app, port } = await start([new LineConnector()]);
    const client = await LineClient.open(port);
    expect(await client.ask(1, 'chat.room.enter', { name: 'ann' })).toEqual({ id: 1, body: ['ann'] });
    client.send({ route: 'chat.room.say', body: { text: 'hi' } });
    expect(await client.lines.take()).toEqual({ route: 'onChat', body: { from: 'ann', text: 'hi' } });
    expect(await client.ask(2, 'chat.room.fail')).toEqual({ id: 2, body: { code: 402, msg: 'Pay first' } });
    expect(await client.ask(3, 'chat.room.none')).toMatchObject({ id: 3, body: { code: 404 } });
    expect(await client.ask(4, 'chat.room.kick')).toEqual({ kick: 'out' });
    await client.closed;
    await until(() => app.get(Room).left.length === 1);
    expect(app.get(Room).left).toEqual(['out']);
  });

  it('given as a class is made by Nest, with what its own module provides', async () => {
    @Injectable()
    class Greeting {
      readonly text = 'hello';
    }
    @Injectable()
    class NamedConnector extends Mute {
      constructor(private readonly greeting: Greeting) {
        super(OWN_CODEC);
      }
      override async start(): Promise<ListenAddress[]> {
        return [{ protocol: this.greeting.text, host: '', port: 0 }];
      }
    }
    @Module({ providers: [NamedConnector, Greeting] })
    class NamedModule {}
    const { app } = await startApp({ imports: [NamedModule], options: { connectors: [NamedConnector] } });
    expect(app.get(PomeloAdapter).addresses()).toEqual([{ protocol: 'hello', host: '', port: 0 }]);
  });

  it('given as a class that nobody provides is made with the exports of global modules', async () => {
    const { port } = await start([LineConnector]);
    const client = await LineClient.open(port);
    expect(await client.ask(1, 'chat.room.enter', { name: 'ann' })).toEqual({ id: 1, body: ['ann'] });
  });

  it('reaches the same handlers and channels as the connector beside it', async () => {
    const { app, port } = await start([hybrid({ port: 0, host: '127.0.0.1' }), new LineConnector()]);
    const addresses = app.get(PomeloAdapter).addresses();
    expect(addresses.map(({ protocol }) => protocol)).toEqual(['tcp+ws', 'line']);
    const ann = closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${port}`));
    const bob = await LineClient.open(addresses[1]?.port ?? 0);
    await ann.request('chat.room.enter', { name: 'ann' });
    expect(await bob.ask(1, 'chat.room.enter', { name: 'bob' })).toMatchObject({ body: ['ann', 'bob'] });
    const heard = ann.once('onChat');
    bob.send({ route: 'chat.room.say', body: { text: 'hi' } });
    expect(await heard).toEqual({ from: 'bob', text: 'hi' });
    expect(await bob.lines.take()).toEqual({ route: 'onChat', body: { from: 'bob', text: 'hi' } });
  });

  it('whose decode throws costs that client its connection and nobody else anything', async () => {
    const { app, port, log } = await start([new LineConnector()]);
    const [bad, good] = [await LineClient.open(port), await LineClient.open(port)];
    bad.socket.write('no JSON\n');
    expect(await bad.lines.take()).toEqual({ kick: 'malformed' });
    await bad.closed;
    expect(await good.ask(1, 'chat.room.enter', { name: 'ann' })).toEqual({ id: 1, body: ['ann'] });
    expect(log.matching('warn', 'LineConnector closes session')).toHaveLength(1);
    expect(app.get(SessionService).getSessionsCount()).toBe(1);
  });

  it('whose encode throws answers with 500, or closes when not even that can be written', async () => {
    class Failing extends LineConnector {
      override encode(...args: Parameters<LineConnector['encode']>): Buffer {
        if (args[2] === 'chat.room.enter' && Array.isArray(args[3])) throw new Error('encode');
        if (args[2] === 'chat.room.fail') throw new Error('encode');
        return super.encode(...args);
      }
    }
    const { port } = await start([new Failing()]);
    const client = await LineClient.open(port);
    expect(await client.ask(1, 'chat.room.enter', { name: 'ann' })).toEqual({ id: 1, body: { code: 500 } });
    client.send({ id: 2, route: 'chat.room.fail', body: {} });
    await client.closed;
  });
});

describe('the codec of a connector', () => {
  class Codecless extends LineConnector implements Connector {
    constructor(readonly options: Partial<ConnectorCodec>) {
      super();
    }
  }
  it('in the options wins over the class', async () => {
    const { port } = await start([new Codecless(OWN_CODEC)]);
    const client = await LineClient.open(port);
    client.send(77);
    expect(await client.lines.take()).toEqual({ mine: [77, 'chat.room.fail'] });
  });

  it.each([
    ['encode', {}],
    ['decode', { encode: (): Buffer => Buffer.alloc(0) }],
  ])('that is nowhere stops the start with a sentence: %s', async (missing, options) => {
    expect(await refusalOf(() => start([new Mute(options)]))).toBe(
      `Connector Mute has no ${missing}: implement ${missing}() in the class or give it in the options of the connector.`,
    );
  });

  it.each([[{}], [null], ['hybrid'], [{ start: (): void => {} }]])(
    'is not looked for in %j, which is no connector',
    async (value) => {
      // What the types forbid, as plain JavaScript could give it.
      const connectors = [value] as unknown as Connector[];
      expect(await refusalOf(() => start(connectors))).toMatch(
        /^connectors\[0\] is .+, but it must be a Connector/,
      );
    },
  );
});

describe('a connector that cannot start', () => {
  it('stops the start with a sentence, and those that had started', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    closeAfterTest({ close: () => new Promise((resolve) => taken.close(resolve)) });
    await until(() => taken.listening);
    const { port } = taken.address() as AddressInfo;
    const events: string[] = [];
    class Recorded extends LineConnector {
      override async start(clients: ClientManager): Promise<ListenAddress[]> {
        const addresses = await super.start(clients);
        events.push('start');
        return addresses;
      }
      override async stop(): Promise<void> {
        events.push('stop');
        await super.stop();
      }
    }
    const sentence = await refusalOf(() => start([new Recorded(), hybrid({ port, host: '127.0.0.1' })]));
    expect(sentence).toMatch(/^Connector HybridConnector did not start: .*EADDRINUSE/);
    expect(events).toEqual(['start', 'stop']);
  });
});

describe('ClientManager', () => {
  /** A client that exists in this test only. */
  class FakeSocket implements ClientSocket {
    declare session: Session;
    readonly remoteAddress = '192.0.2.1';
    readonly sent: string[] = [];
    readonly closings: (string | undefined)[] = [];
    send(message: Buffer): void {
      this.sent.push(message.toString());
    }
    close(reason?: string): void {
      this.closings.push(reason);
    }
  }
  @Injectable()
  class FakeConnector implements Connector {
    manager: ClientManager | undefined;
    constructor(@Inject(PomeloAdapter) readonly adapter: PomeloAdapter) {}
    async start(manager: ClientManager): Promise<ListenAddress[]> {
      this.manager = manager;
      return [];
    }
    async stop(): Promise<void> {}
    decode(_client: ClientSocket, message: Buffer): { id: number; route: string; body: unknown } {
      return { id: 1, route: message.toString(), body: {} };
    }
    encode(_client: ClientSocket, _id: number | undefined, route: string, body: unknown): Buffer {
      return Buffer.from(`${route} ${JSON.stringify(body)}`);
    }
  }

  it('assigns the session at once, and ends it with the first removeClient only', async () => {
    const { app } = await start([FakeConnector]);
    const adapter = app.get(PomeloAdapter);
    const socket = new FakeSocket();
    expect(adapter.addClient(socket)).toBeUndefined();
    expect(socket.session.remoteAddress).toBe('192.0.2.1');
    expect(app.get(SessionService).getSessionsCount()).toBe(1);
    adapter.handleMsg(socket, Buffer.from('chat.room.fail'));
    expect(socket.sent).toEqual(['chat.room.fail {"code":402,"msg":"Pay first"}']);
    adapter.removeClient(socket, 'first');
    adapter.removeClient(socket, 'second');
    expect(app.get(Room).left).toEqual(['first']);
    expect(app.get(SessionService).getSessionsCount()).toBe(0);
    adapter.handleMsg(socket, Buffer.from('chat.room.fail'));
    expect(socket.sent).toHaveLength(1);
  });

  it('asks for the manager of start() when there are several connectors', async () => {
    const { app } = await start([FakeConnector, new LineConnector()]);
    expect(() => app.get(PomeloAdapter).addClient(new FakeSocket())).toThrow(
      'addClient() was called without a connector while 2 connectors are configured.',
    );
  });
});
