import { jetstreamManager, RetentionPolicy, StorageType, type StreamConfig } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { BindingStore } from 'nestjs-pomelo';
import { nats, type NatsOptions } from 'nestjs-pomelo/nats';
import { closeAfterTest, refusalOf } from '../support/pomelo-app.js';
import type { RecordingLogger } from '../support/recording-logger.js';
import { until } from '../support/until.js';
import { bindingAt, openStore } from './contract/contract-bindings.js';
import { CuttingProxy } from './support/cutting-proxy.js';
import { NatsServer } from './support/nats-server.js';
import { recordLog } from './support/recorded-log.js';

const BUCKET = 'pf_contract_bind';
const UIDS = Array.from({ length: 100 }, (_, at) => `user-${at}`);
let log: RecordingLogger;
beforeEach(() => {
  log = recordLog();
});

function openAt(servers: string | string[], kv: NatsOptions['kv'] = {}): Promise<BindingStore> {
  return openStore({ driver: () => nats({ servers, kv }), close: async () => {} });
}

async function clientOf({ url }: NatsServer): Promise<NatsConnection> {
  return closeAfterTest(await connect({ servers: url }));
}

async function streamsOf(server: NatsServer): Promise<StreamConfig[]> {
  const manager = await jetstreamManager(await clientOf(server));
  const configs: StreamConfig[] = [];
  for await (const { config } of manager.streams.list()) configs.push(config);
  return configs;
}

/** Until it succeeds: an engine that chooses a leader refuses for a while. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!String(error).includes('NATS does not tell where users are')) throw error;
    }
  }
}

describe('bindings in JetStream', () => {
  it('are on disk, one version a user, and forgotten after a day', async () => {
    const server = await NatsServer.start();
    const store = await openAt(server.url);
    for (const id of ['a', 'b']) await store.update('ann', () => [bindingAt(id)]);
    const [config, ...others] = await streamsOf(server);
    expect(others).toEqual([]);
    expect(config).toMatchObject({
      name: `KV_${BUCKET}`,
      storage: StorageType.File,
      retention: RetentionPolicy.Limits,
      max_msgs_per_subject: 1,
      max_age: 24 * 60 * 60 * 1e9,
      num_replicas: 1,
    });
  });

  it('are spread over several stores when there are several', async () => {
    const server = await NatsServer.start();
    const [store, other] = [
      await openAt(server.url, { buckets: 3 }),
      await openAt(server.url, { buckets: 3 }),
    ];
    await Promise.all(UIDS.map((uid) => store.update(uid, () => [bindingAt('a', uid)])));
    expect(await other.getMany(UIDS)).toEqual(UIDS.map((uid) => [bindingAt('a', uid)]));
    const names = (await streamsOf(server)).map(({ name }) => name).toSorted();
    expect(names).toEqual([0, 1, 2].map((index) => `KV_${BUCKET}_3_${index}`));
    const kvm = new Kvm(await clientOf(server));
    for (const name of names) {
      const { values } = await (await kvm.open(name.slice('KV_'.length))).status();
      expect(values).toBeGreaterThan(UIDS.length / 10);
    }
  });

  it('are there again when NATS was killed', async () => {
    const server = await NatsServer.start();
    const store = await openAt(server.url);
    await Promise.all(UIDS.map((uid) => store.update(uid, () => [bindingAt('a', uid)])));
    await server.kill();
    await server.start();
    expect(await persistently(() => store.getMany(UIDS))).toEqual(UIDS.map((uid) => [bindingAt('a', uid)]));
    expect(await store.update('ann', () => [bindingAt('b')])).toEqual([]);
  });

  it('can be written again when NATS has lost them', async () => {
    const server = await NatsServer.start();
    const store = await openAt(server.url);
    await store.update('ann', () => [bindingAt('a')]);
    await server.kill();
    server.forget();
    await server.start();
    expect(await persistently(() => store.update('ann', () => [bindingAt('b')]))).toEqual([]);
    expect(await store.get('ann')).toEqual([bindingAt('b')]);
  });

  it('can be written again when somebody deleted the store, or one of them', async () => {
    const server = await NatsServer.start();
    const store = await openAt(server.url);
    const manager = await jetstreamManager(await clientOf(server));
    await Promise.all(UIDS.map((uid) => store.update(uid, () => [bindingAt('a')])));
    await manager.streams.delete(`KV_${BUCKET}`);
    const held = await Promise.all(UIDS.map((uid) => store.update(uid, () => [bindingAt('b')])));
    expect(held).toEqual(UIDS.map(() => []));
    await manager.streams.delete(`KV_${BUCKET}`);
    expect(await store.getMany(UIDS)).toEqual(UIDS.map(() => []));
    await store.update('ann', () => [bindingAt('a')]);
    const kv = await new Kvm(manager.jetstream()).open(BUCKET);
    await kv.delete(Buffer.from('ann').toString('base64url'));
    expect(await store.get('ann')).toEqual([]);
    expect(await store.update('ann', () => [bindingAt('b')])).toEqual([]);
    expect(await store.get('ann')).toEqual([bindingAt('b')]);
  });

  it('are refused within seconds while NATS is away or frozen, and told again afterwards', async () => {
    const server = await NatsServer.start();
    const store = await openAt(server.url);
    await store.update('ann', () => [bindingAt('a')]);
    server.freeze();
    const sentence = 'NATS does not tell where users are: ';
    await expect(store.get('ann')).rejects.toThrow(sentence);
    await expect(store.update('ann', () => [])).rejects.toThrow(sentence);
    await server.kill();
    await expect(store.getMany(['ann', 'bob'])).rejects.toThrow(sentence);
    await server.start();
    expect(await persistently(() => store.get('ann'))).toEqual([bindingAt('a')]);
  });

  it('that were written without an answer still tell whom they replaced', async () => {
    const server = await NatsServer.start();
    const proxy = await CuttingProxy.start(server.port);
    const store = await openAt(`127.0.0.1:${proxy.port}`);
    await store.update('ann', () => [bindingAt('old')]);
    proxy.cutBetween(`HPUB $KV.${BUCKET}`, '"seq"');
    const told = store.update('ann', () => [bindingAt('new')]);
    await until(() => proxy.cuts === 1);
    proxy.reopen();
    expect(await told).toEqual([bindingAt('old')]);
    expect(await store.get('ann')).toEqual([bindingAt('new')]);
  });

  it('that were written without an answer, and replaced at once, still tell whom they replaced', async () => {
    const server = await NatsServer.start();
    const proxy = await CuttingProxy.start(server.port);
    const [store, other] = [await openAt(`127.0.0.1:${proxy.port}`), await openAt(server.url)];
    await store.update('ann', () => [bindingAt('old')]);
    proxy.cutBetween(`HPUB $KV.${BUCKET}`, '"seq"');
    const told = store.update('ann', () => [bindingAt('new')]);
    await until(() => proxy.cuts === 1);
    expect(await other.update('ann', () => [bindingAt('other')])).toEqual([bindingAt('new')]);
    proxy.reopen();
    expect(await told).toEqual([bindingAt('old'), bindingAt('other')]);
    expect(await store.get('ann')).toEqual([bindingAt('new')]);
  });

  it('are made by all servers that start at once', async () => {
    const server = await NatsServer.start();
    const stores = await Promise.all(UIDS.slice(0, 20).map(() => openAt(server.url, { buckets: 4 })));
    await Promise.all(stores.map((store, at) => store.update(`user-${at}`, () => [bindingAt('a')])));
    expect((await streamsOf(server)).length).toBe(4);
    expect(log.lines).toEqual([]);
  });
});

describe('bindings stop the start with a sentence', () => {
  it('when JetStream is not enabled', async () => {
    const server = await NatsServer.start({ jetstream: false });
    const refusal = await refusalOf(() => openAt(server.url));
    expect(refusal).toContain(`NATS at ${server.url} does not let this server in: JetStream`);
    expect(refusal).toContain('add "jetstream {}" to the configuration of NATS');
  });

  it('when copies are asked for where there is one server', async () => {
    const server = await NatsServer.start();
    expect(await refusalOf(() => openAt(server.url, { replicas: 3 }))).toContain('kv.replicas: replicas > 1');
  });

  it('when the credentials do not allow to look for the store', async () => {
    const config = 'authorization { users: [{ user: a, password: b, permissions: { publish: "x" } }] }';
    const { url } = await NatsServer.start({ config });
    const driver = nats({ servers: url, user: 'a', pass: 'b' });
    const refusal = await refusalOf(() => openStore({ driver: () => driver, close: async () => {} }));
    expect(refusal).toContain(`$JS.API.STREAM.INFO.KV_${BUCKET}`);
  });
});

describe('bindings with three copies', () => {
  it('wait for the NATS cluster to form, and outlive the loss of any one server', async () => {
    const [first, second, third] = (await NatsServer.startCluster(3)) as [NatsServer, NatsServer, NatsServer];
    const urls = [first.url, second.url, third.url];
    const store = await openAt(urls, { replicas: 3 });
    await Promise.all(UIDS.map((uid) => store.update(uid, () => [bindingAt('a', uid)])));
    const [config] = await streamsOf(first);
    expect(config?.num_replicas).toBe(3);
    await leaderOf(urls, [first, second, third]).then((leader) => leader.kill());
    const held = await persistently(() => store.update('user-1', () => [bindingAt('b')]));
    expect(held).toEqual([bindingAt('a', 'user-1')]);
    const found = await persistently(() => store.getMany(UIDS));
    expect(found).toEqual(UIDS.map((uid, at) => (at === 1 ? [bindingAt('b')] : [bindingAt('a', uid)])));
    expect(log.matching('error')).toEqual([]);
  });
});

/** The server that decides about the store. */
async function leaderOf(servers: string[], all: readonly NatsServer[]): Promise<NatsServer> {
  const client = closeAfterTest(await connect({ servers }));
  const { cluster } = await (await jetstreamManager(client)).streams.info(`KV_${BUCKET}`);
  const leader = all[Number(cluster?.leader?.slice('nats-'.length))];
  if (leader === undefined) throw new Error('The store has no leader');
  return leader;
}
