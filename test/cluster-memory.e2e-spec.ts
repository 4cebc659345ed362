import {
  memory,
  ServerRegistry,
  SessionService,
  type ClusterDriver,
  type PomeloModuleOptions,
  type RoutingFunction,
  type ServerInfo,
  type Session,
} from 'nestjs-pomelo';
import { refusalOf, startApp } from './support/pomelo-app.js';
import { Caller, ChatRemote, startRemotes, type RemoteApp } from './support/remote-app.js';
import { SessionProbe } from './support/session-probe.js';
import { until } from './support/until.js';

interface ServerSetup extends Omit<PomeloModuleOptions, 'server' | 'cluster'> {
  readonly metadata?: Record<string, unknown>;
}

function startServer(
  cluster: ClusterDriver,
  id: string,
  types: readonly string[],
  { metadata = {}, ...options }: ServerSetup = {},
): Promise<RemoteApp> {
  // Some calls in here never end.
  const limits = { drainMs: 200 };
  const connectors = types.includes('connector') ? {} : { connectors: [] };
  const setup = { limits, ...options, ...connectors, cluster, server: { id, types, metadata } };
  return startRemotes({ providers: [SessionProbe], options: setup });
}

/** A connector and two chat servers that know each other. */
async function startThree(options: ServerSetup = {}): Promise<RemoteApp[]> {
  const cluster = memory();
  const chat1 = await startServer(cluster, 'chat-1', ['chat'], { metadata: { zone: 'east' } });
  const chat2 = await startServer(cluster, 'chat-2', ['chat'], { metadata: { zone: 'west' } });
  const connector = await startServer(cluster, 'connector-1', ['connector'], options);
  await until(() => registryOf(chat1).get('connector-1') !== undefined);
  return [connector, chat1, chat2];
}

function registryOf({ app }: RemoteApp): ServerRegistry {
  return app.get(ServerRegistry);
}

const idsOf = (servers: readonly ServerInfo[]): string[] => servers.map(({ id }) => id);

describe('servers with one memory driver', () => {
  it('know each other, with types, metadata and whether they have clients', async () => {
    const [connector, chat1, chat2] = await startThree();
    for (const server of [connector, chat1, chat2]) {
      const registry = registryOf(server as RemoteApp);
      expect(idsOf(registry.byType('chat'))).toEqual(['chat-1', 'chat-2']);
      expect(idsOf(registry.byType('connector'))).toEqual(['connector-1']);
      expect(registry.serverTypes().toSorted()).toEqual(['chat', 'connector']);
      expect(registry.byType('none')).toEqual([]);
    }
    expect(registryOf(chat1 as RemoteApp).self).toMatchObject({ id: 'chat-1', frontend: false, state: 'up' });
    const seen = registryOf(chat2 as RemoteApp).get('connector-1');
    expect(seen).toMatchObject({ frontend: true, types: ['connector'] });
    expect(registryOf(connector as RemoteApp).get('chat-2')?.metadata).toEqual({ zone: 'west' });
  });

  it('call each other: by key, by id, all of them, and without an answer', async () => {
    const [connector, chat1, chat2] = (await startThree()) as [RemoteApp, RemoteApp, RemoteApp];
    expect(await connector.chat.for('lobby').add('ann', 'lobby')).toBe('ann in lobby');
    connector.chat
      .to('chat-2')
      .tell('direct')
      .catch(() => undefined);
    await until(() => chat2.remote.told.length === 1);
    expect(await connector.chat.all().later(1)).toEqual(
      new Map([
        ['chat-1', 2],
        ['chat-2', 2],
      ]),
    );
    connector.chat.notify('lobby').tell('notified');
    await until(() => chat1.remote.told.length + chat2.remote.told.length === 2);
    expect(connector.remote.told).toEqual([]);
  });

  it('give errors and timeouts of one server in all(), beside the results of the others', async () => {
    const [connector] = (await startThree()) as [RemoteApp];
    const results = await connector.chat.all({ timeoutMs: 30 }).refuse();
    expect([...results.keys()]).toEqual(['chat-1', 'chat-2']);
    for (const result of results.values()) expect(result).toMatchObject({ code: 4001 });
    const late = await connector.chat.all({ timeoutMs: 30 }).never();
    for (const result of late.values()) expect(result).toMatchObject({ reason: 'REMOTE_TIMEOUT' });
  });

  it('send the same key to the same server, and different keys to both', async () => {
    const [connector, chat1, chat2] = (await startThree()) as [RemoteApp, RemoteApp, RemoteApp];
    for (let room = 0; room < 40; room += 1) {
      for (let time = 0; time < 2; time += 1) await connector.chat.for(`room-${room}`).tell(room);
    }
    const [first, second] = [new Set(chat1.remote.told), new Set(chat2.remote.told)];
    expect(first.size + second.size).toBe(40);
    expect(Math.min(first.size, second.size)).toBeGreaterThan(5);
  });

  it('do not all send their guests to the first server', async () => {
    const [connector, chat1, chat2] = (await startThree()) as [RemoteApp, RemoteApp, RemoteApp];
    for (let guest = 0; guest < 30; guest += 1) await connector.connect();
    const guests: Session[] = [];
    connector.app.get(SessionService).forEachSession((session) => guests.push(session));
    for (const guest of guests) await connector.chat.for(guest).tell(guest.id);
    expect(chat1.remote.told.length + chat2.remote.told.length).toBe(30);
    expect(Math.min(chat1.remote.told.length, chat2.remote.told.length)).toBeGreaterThan(0);
  });
});

describe('routes', () => {
  it('decide with session, key, type and servers, by giving a server or its id', async () => {
    const requests: unknown[] = [];
    const chat: RoutingFunction = ({ session, key, servers, type }) => {
      requests.push({ session: session?.uid, key, servers: idsOf(servers), type });
      return key === 'by id' ? 'chat-2' : servers.find(({ metadata }) => metadata['zone'] === 'east');
    };
    const [connector, chat1, chat2] = (await startThree({ routes: { chat } })) as [
      RemoteApp,
      RemoteApp,
      RemoteApp,
    ];
    await connector.chat.for('by id').tell(1);
    await connector.chat.for('by server').tell(2);
    expect([chat1.remote.told, chat2.remote.told]).toEqual([[2], [1]]);
    expect(requests[0]).toEqual({
      session: undefined,
      key: 'by id',
      servers: ['chat-1', 'chat-2'],
      type: 'chat',
    });
  });

  it('named default serve the types that are not named', async () => {
    const routes = { default: (): string => 'chat-2', other: (): string => 'chat-1' };
    const [connector, , chat2] = (await startThree({ routes })) as [RemoteApp, RemoteApp, RemoteApp];
    for (const key of ['a', 'b', 'c', 'd']) await connector.chat.for(key).tell(key);
    expect(chat2.remote.told).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each<[string, RoutingFunction]>([
    ['gives nothing', () => undefined],
    ['gives the id of a server that is not there', () => 'chat-9'],
  ])('that %s fail the call with 503', async (_name, chat) => {
    const [connector] = (await startThree({ routes: { chat } })) as [RemoteApp];
    await expect(connector.chat.for('x').later(1)).rejects.toMatchObject({
      reason: 'REMOTE_NO_SERVER',
      code: 503,
    });
  });

  it('that throw fail the call, not the process', async () => {
    const chat = (): never => {
      throw new Error('router');
    };
    const [connector] = (await startThree({ routes: { chat } })) as [RemoteApp];
    await expect(connector.chat.for('x').later(1)).rejects.toThrow('router');
  });
});

describe('a server that comes and goes', () => {
  it('is announced to listeners, and its place is free again', async () => {
    const cluster = memory();
    const first = await startServer(cluster, 'connector-1', ['connector']);
    const events: string[] = [];
    registryOf(first).on('join', ({ id }) => events.push(`+${id}`));
    const stop = registryOf(first).on('leave', ({ id }) => events.push(`-${id}`));
    for (let round = 0; round < 2; round += 1) {
      const second = await startServer(cluster, 'chat-1', ['chat']);
      await until(() => registryOf(first).get('chat-1') !== undefined);
      await second.close();
      await until(() => registryOf(first).get('chat-1') === undefined);
    }
    stop();
    expect(events).toEqual(['+chat-1', '-chat-1', '+chat-1', '-chat-1']);
    expect(registryOf(first).byType('chat')).toEqual([]);
  });

  it('is refused at the start when its id is taken, and hurts the one that has it in no way', async () => {
    const cluster = memory();
    const first = await startServer(cluster, 'chat-1', ['chat']);
    const second = { options: { cluster, server: { id: 'chat-1' }, connectors: [] } };
    expect(await refusalOf(() => startApp(second))).toBe(
      'A server with id "chat-1" is already running in this cluster. Give every process its own server.id.',
    );
    expect(await first.chat.for(null).later(1)).toBe(2);
  });

  it('leaves calls to it with 503, and calls by key go to the next server', async () => {
    const [connector, chat1, chat2] = (await startThree()) as [RemoteApp, RemoteApp, RemoteApp];
    await chat1.close();
    await until(() => registryOf(connector).get('chat-1') === undefined);
    await expect(connector.chat.to('chat-1').later(1)).rejects.toMatchObject({
      name: 'RemoteException',
      reason: 'REMOTE_NOT_DELIVERED',
      code: 503,
    });
    for (const key of ['a', 'b', 'c']) expect(await connector.chat.for(key).later(1)).toBe(2);
    await chat2.close();
    await until(() => registryOf(connector).get('chat-2') === undefined);
    await expect(connector.chat.for('a').later(1)).rejects.toMatchObject({ reason: 'REMOTE_NO_SERVER' });
    expect(await connector.chat.all().later(1)).toEqual(new Map());
  });
});

describe('server.types', () => {
  it('is by default every type that handlers and remotes name', async () => {
    const { app } = await startRemotes({ providers: [SessionProbe] });
    expect(app.get(ServerRegistry).self.types.toSorted()).toEqual(['chat', 't']);
    expect(app.get(Caller).chat).toBeDefined();
    expect(app.get(ChatRemote)).toBeDefined();
  });

  it('keeps remotes of other types from being called here', async () => {
    const [connector] = (await startThree()) as [RemoteApp];
    await expect(connector.chat.to('connector-1').later(1)).rejects.toMatchObject({
      reason: 'REMOTE_UNKNOWN',
    });
  });

  it('answers 503 to clients on routes whose type runs elsewhere', async () => {
    const [connector] = (await startThree()) as [RemoteApp];
    const client = await connector.connect();
    await expect(client.request('t.probe.run')).rejects.toMatchObject({ code: 503 });
  });
});
