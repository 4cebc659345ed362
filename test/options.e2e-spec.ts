import { Injectable, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  DEFAULT_LIMITS,
  Handler,
  hybrid,
  memory,
  PomeloAdapter,
  PomeloConfigException,
  PomeloModule,
  ServerRegistry,
  type HybridOptions,
  type PomeloLimits,
  type PomeloModuleOptions,
} from 'nestjs-pomelo';
import { closeAfterTest, refusalOf, startApp } from './support/pomelo-app.js';
import { RecordingLogger } from './support/recording-logger.js';

/** What the types forbid, as plain JavaScript or a configuration file could give it. */
function startWith(options: object): Promise<unknown> {
  return startApp({ options });
}

describe('a wrong option stops the start with its name, its value and the remedy', () => {
  const cycle: Record<string, unknown> = {};
  cycle['self'] = cycle;

  it.each<[object, string]>([
    [
      { conectors: [] },
      'conectors is [], but it must be absent: there is no such option. Known here: connectors,',
    ],
    [{ connectors: 'hybrid' }, 'connectors is "hybrid", but it must be an array. Write connectors: [ … ].'],
    [
      { server: 'chat-1' },
      'server is "chat-1", but it must be an object. Write server: { … }, or leave it out.',
    ],
    [{ server: null }, 'server is null, but it must be an object.'],
    [{ server: { name: 'x' } }, 'server.name is "x", but it must be absent'],
    [
      { server: { id: '' } },
      'server.id is "", but it must be 1 to 64 letters, digits, "_" or "-". For example',
    ],
    [{ server: { id: 'chat 1' } }, 'server.id is "chat 1", but it must be'],
    [{ server: { id: 'x'.repeat(65) } }, 'server.id is "xxx'],
    [{ server: { id: 7 } }, 'server.id is 7, but it must be'],
    [{ server: { types: 'chat' } }, 'server.types is "chat", but it must be an array.'],
    [{ server: { types: ['chat', 'a.b'] } }, 'server.types is "a.b", but it must be a list of names'],
    [{ server: { metadata: [] } }, 'server.metadata is [], but it must be an object.'],
    [{ sessions: true }, 'sessions is true, but it must be an object.'],
    [
      { sessions: { single: true } },
      'sessions.single is true, but it must be "kickOld", "refuseNew" or false.',
    ],
    [{ sessions: { singel: false } }, 'sessions.singel is false, but it must be absent'],
    [{ push: 'buffered' }, 'push is "buffered", but it must be an object.'],
    [{ push: { scheduler: 'fast' } }, 'push.scheduler is "fast", but it must be "direct" or "buffered".'],
    [
      { push: { flushIntervalMs: 0 } },
      'push.flushIntervalMs is 0, but it must be a whole number from 1 to 60000.',
    ],
    [{ push: { select: 'direct' } }, 'push.select is "direct", but it must be a function. Leave it out'],
    [
      { routes: { chat: 'chat-1' } },
      'routes.chat is "chat-1", but it must be a function ({ session, servers }) =>',
    ],
    [{ routes: [] }, 'routes is [], but it must be an object.'],
    [{ cluster: { name: 'nats' } }, 'cluster is {"name":"nats"}, but it must be a cluster driver.'],
    [
      { cluster: memory },
      'cluster is "function memory", but it must be a cluster driver. For example cluster: memory().',
    ],
    [
      { cluster: { ...memory(), createBindings: undefined } },
      'cluster is {"name":"memory"}, but it must be a cluster driver.',
    ],
    [{ server: { namespace: 'a.b' } }, 'server.namespace is "a.b", but it must be 1 to 64 letters'],
    [{ sessions: { isGuest: true } }, 'sessions.isGuest is true, but it must be a function'],
    [{ rpcInterceptors: {} }, 'rpcInterceptors is {}, but it must be an array'],
    [
      { rpcInterceptors: ['log'] },
      'rpcInterceptors[0] is "log", but it must be a function (call, next) => next().',
    ],
    [{ cluster: cycle }, 'cluster is an object, but it must be a cluster driver.'],
    [{ handshakeGuards: {} }, 'handshakeGuards is {}, but it must be an array.'],
    [
      { handshakeGuards: [{}] },
      'handshakeGuards[0] is {}, but it must be a guard. Give a class or an object with',
    ],
    [{ limits: true }, 'limits is true, but it must be an object.'],
    [{ limits: { maxBytes: 1 } }, 'limits.maxBytes is 1, but it must be absent'],
    [{ limits: { uidLength: 5n } }, 'limits.uidLength is 5, but it must be a whole number'],
  ])('%j', async (options, sentence) => {
    expect(await refusalOf(() => startWith(options))).toContain(`PomeloModule option ${sentence}`);
  });

  it.each<[object | undefined, string]>([
    [undefined, 'hybrid() is null, but it must be an object.'],
    [{}, 'hybrid.port is undefined, but it must be a whole number from 0 to 65535.'],
    [{ port: '3010' }, 'hybrid.port is "3010", but it must be'],
    [{ port: 65_536 }, 'hybrid.port is 65536, but it must be'],
    [{ port: 0, prot: 1 }, 'hybrid.prot is 1, but it must be absent'],
    [{ port: 0, host: 127 }, 'hybrid.host is 127, but it must be a string.'],
    [
      { port: 0, heartbeat: '3' },
      'hybrid.heartbeat is "3", but it must be a number of seconds from 0 to 86400, or false.',
    ],
    [{ port: 0, heartbeat: Number.NaN }, 'hybrid.heartbeat is NaN, but it must be'],
    [{ port: 0, heartbeat: -1 }, 'hybrid.heartbeat is -1, but it must be'],
    [
      { port: 0, heartbeat: 3, heartbeatTimeout: 3 },
      'hybrid.heartbeatTimeout is 3, but it must be more than hybrid.heartbeat, which is 3.',
    ],
    [{ port: 0, strictHeartbeat: 'yes' }, 'hybrid.strictHeartbeat is "yes", but it must be true or false.'],
    [
      { port: 0, dictionary: 'onChat' },
      'hybrid.dictionary is "onChat", but it must be true, false or a list of push routes.',
    ],
    [{ port: 0, compress: 0 }, 'hybrid.compress is 0, but it must be'],
    [{ port: 0, checkClient: true }, 'hybrid.checkClient is true, but it must be a function.'],
    [{ port: 0, encode: 'json' }, 'hybrid.encode is "json", but it must be a function.'],
    [{ port: 0, protobuf: 'x.json' }, 'hybrid.protobuf is "x.json", but it must be an object.'],
    [{ port: 0, protobuf: { clients: {} } }, 'hybrid.protobuf.clients is {}, but it must be absent'],
    [{ port: 0, backlog: 0 }, 'hybrid.backlog is 0, but it must be'],
  ])('hybrid(%j)', async (options, sentence) => {
    const sentenceOf = await refusalOf(() => hybrid(options as HybridOptions));
    expect(sentenceOf).toContain(`PomeloModule option ${sentence}`);
  });

  it('is a PomeloConfigException with a code that does not change', async () => {
    const failure = startWith({ limits: { requestMs: 0 } });
    await expect(failure).rejects.toBeInstanceOf(PomeloConfigException);
    await expect(startWith({ limits: { requestMs: 0 } })).rejects.toMatchObject({ reason: 'OPTION_INVALID' });
  });

  it('a schema file that is not there is named', async () => {
    const connectors = [hybrid({ port: 0, protobuf: { client: '/nowhere/clientProtos.json' } })];
    expect(await refusalOf(() => startApp({ options: { connectors } }))).toMatch(
      /The protobuf schema file \/nowhere\/clientProtos\.json cannot be read: .*ENOENT/,
    );
  });
});

describe('limits', () => {
  const names = Object.keys(DEFAULT_LIMITS) as (keyof PomeloLimits)[];

  it.each(names)('%s has a default, and is refused below 1, as a fraction and as text', async (name) => {
    expect(DEFAULT_LIMITS[name]).toBeGreaterThan(0);
    for (const value of [0, -1, 1.5, '10', Infinity]) {
      const sentence = await refusalOf(() => startWith({ limits: { [name]: value } }));
      expect(sentence).toContain(`limits.${name} is `);
    }
  });

  it.each<[keyof PomeloLimits, number]>([
    ['packageBytes', 16_777_215],
    ['handshakeBytes', 16_777_215],
    ['jsonDepth', 1_000],
    ['requestMs', 2 ** 31 - 1],
  ])('%s may be %d and not one more', async (name, most) => {
    await startWith({ limits: { [name]: most } });
    const sentence = await refusalOf(() => startWith({ limits: { [name]: most + 1 } }));
    expect(sentence).toContain(`a whole number from 1 to ${most}`);
  });

  it('that are undefined are the defaults, as environment variables often are', async () => {
    const { app } = await startApp({ options: { limits: { ...blank(), packageBytes: 1_000 } } });
    expect(app.get(PomeloAdapter).limits).toEqual({ ...DEFAULT_LIMITS, packageBytes: 1_000 });
  });

  it('false lifts the limits of flow, for measurements, and no others', async () => {
    const { app } = await startApp({ options: { limits: false } });
    const { limits } = app.get(PomeloAdapter);
    expect(limits.requestsInFlight).toBe(Number.MAX_SAFE_INTEGER);
    expect(limits.handshakeMs).toBe(DEFAULT_LIMITS.handshakeMs);
  });

  /** Every limit, undefined: more than the types allow. */
  function blank(): Partial<PomeloLimits> {
    return Object.fromEntries(names.map((name) => [name, undefined]));
  }
});

describe('PomeloModule.forRootAsync', () => {
  @Injectable()
  class Config {
    readonly options: PomeloModuleOptions = {
      connectors: [hybrid({ port: 0, host: '127.0.0.1' })],
      server: { id: 'connector-1' },
    };
  }
  @Module({ providers: [Config], exports: [Config] })
  class ConfigModule {}
  @Handler('t.a')
  class Answer {
    @Handler() me(): string {
      return 'me';
    }
  }

  it('takes its options from a factory with injected providers', async () => {
    const pomelo = PomeloModule.forRootAsync({
      imports: [ConfigModule],
      inject: [Config],
      useFactory: async ({ options }: Config) => options,
    });
    const { app } = await start(pomelo);
    expect(app.get(ServerRegistry).self.id).toBe('connector-1');
    expect(app.get(PomeloAdapter).addresses()).toHaveLength(1);
  });

  it('stops the start when the factory gives wrong options, or none', async () => {
    const wrong = PomeloModule.forRootAsync({ useFactory: () => ({ server: { id: 'a b' } }) });
    expect(await refusalOf(() => start(wrong))).toContain('server.id is "a b"');
    const nothing = PomeloModule.forRootAsync({ useFactory: () => null as unknown as PomeloModuleOptions });
    expect(await refusalOf(() => start(nothing))).toContain('options is null, but it must be an object');
  });

  async function start(pomelo: ReturnType<typeof PomeloModule.forRootAsync>): Promise<{
    app: Awaited<ReturnType<typeof NestFactory.createApplicationContext>>;
  }> {
    class Root {}
    const app = await NestFactory.createApplicationContext(
      { module: Root, imports: [pomelo], providers: [Answer] },
      { logger: new RecordingLogger(), abortOnError: false },
    );
    return { app: closeAfterTest(app) };
  }
});

describe('two applications in one process', () => {
  it('share nothing', async () => {
    const first = await startApp({ options: { server: { id: 'a' } } });
    const second = await startApp({ options: { server: { id: 'b' } } });
    expect(first.app.get(ServerRegistry).get('b')).toBeUndefined();
    await first.connect();
    await first.close();
    await second.connect();
  });
});
