import type { BindingStore } from 'nestjs-pomelo';
import { RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { bindingAt, openStore } from './contract/contract-bindings.js';
import { bytesOf, ContractPeer } from './contract/contract-peer.js';
import { engineOn, rawClient, recordLog } from './redis-engine.js';

const DAY_MS = 86_400_000;
const ROUND = 40;

/** Counts up in the binding of a user: what was there, `undefined` when nobody knows whether it was counted. */
async function countUp(store: BindingStore): Promise<number | undefined> {
  const numberOf = (held: readonly { sessionId: string }[]): number => Number(held[0]?.sessionId ?? 0);
  try {
    return numberOf(await store.update('ann', (held) => [bindingAt('a', String(numberOf(held) + 1))]));
  } catch {
    return undefined;
  }
}

describe('bindings in Redis', () => {
  it('are written at most once, also while Redis dies and comes back', async () => {
    recordLog();
    const server = await RedisServer.start();
    const engine = engineOn(server);
    const stores = [await openStore(engine), await openStore(engine), await openStore(engine)];
    const outcomes: (number | undefined)[] = [];
    let isBack = false;
    const work = stores.map(async (store) => {
      let after = 0;
      while (after < ROUND) {
        const before = await countUp(store);
        outcomes.push(before);
        if (before === undefined) await new Promise(setImmediate);
        else if (isBack) after += 1;
      }
    });
    await until(() => outcomes.length > ROUND);
    await server.kill();
    await until(() => outcomes.includes(undefined));
    await server.start();
    isBack = true;
    await Promise.all(work);
    const counted = outcomes.filter((before) => before !== undefined);
    const last = Number((await stores[0]?.get('ann'))?.[0]?.sessionId);
    expect(new Set(counted).size).toBe(counted.length);
    // One change of each store was on its way when Redis died.
    expect(last - counted.length).toBeGreaterThanOrEqual(0);
    expect(last - counted.length).toBeLessThanOrEqual(stores.length);
  });

  it('keep nobody waiting while Redis is away, or does not answer', async () => {
    recordLog();
    const server = await RedisServer.start();
    const store = await openStore(engineOn(server, { timeoutMs: 100 }));
    const questions = [
      () => store.update('ann', () => [bindingAt('a')]),
      () => store.get('ann'),
      () => store.getMany(['ann', 'bob']),
    ];
    server.freeze();
    for (const ask of questions) await expect(ask()).rejects.toThrow('did not answer within 100 ms');
    await server.kill();
    for (const ask of questions) await expect(ask()).rejects.toThrow();
    for (const ask of questions)
      await expect(ask()).rejects.toThrow(`Redis at 127.0.0.1:${server.port} is away`);
    await server.start();
    const writeAgain = (): Promise<unknown> =>
      store.update('ann', () => [bindingAt('b')]).catch(() => new Promise(setImmediate).then(writeAgain));
    await writeAgain();
    expect(await store.get('ann')).toEqual([bindingAt('b')]);
  });

  it('are forgotten a day after they were last written', async () => {
    const server = await RedisServer.start();
    const [store, client] = [await openStore(engineOn(server), 'game'), rawClient(server)];
    await store.update('ann', () => [bindingAt('a')]);
    expect(await client.keys('*')).toEqual(['pf:game:b:ann']);
    await client.pexpire('pf:game:b:ann', 1_000);
    await store.update('ann', (held) => held);
    const left = await client.pttl('pf:game:b:ann');
    expect(left).toBeGreaterThan(DAY_MS - 60_000);
    expect(left).toBeLessThanOrEqual(DAY_MS);
    await store.update('ann', () => []);
    expect(await client.keys('*')).toEqual([]);
  });

  it('put right what somebody else has written over them', async () => {
    const server = await RedisServer.start();
    const [store, client] = [await openStore(engineOn(server), 'game'), rawClient(server)];
    for (const text of ['nonsense', '{}', '[1]', '[["a",1,"b"]]', 'null', ' ']) {
      await client.set('pf:game:b:ann', text);
      expect(await store.getMany(['ann'])).toEqual([[]]);
      expect(await store.update('ann', () => [bindingAt('a')])).toEqual([]);
      expect(await store.get('ann')).toEqual([bindingAt('a')]);
    }
  });

  it('survive that Redis forgets its scripts', async () => {
    const server = await RedisServer.start();
    const [store, client] = [await openStore(engineOn(server)), rawClient(server)];
    await client.script('FLUSH');
    expect(await store.update('ann', () => [bindingAt('a')])).toEqual([]);
    expect(await store.get('ann')).toEqual([bindingAt('a')]);
  });
});

describe('a server on Redis', () => {
  it('is not hurt by messages that no server has sent', async () => {
    const server = await RedisServer.start();
    const engine = engineOn(server);
    const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
    const client = rawClient(server);
    for (const channel of ['s.b', 't.chat', 'hb', 'hello', 'a.b.b-inc']) {
      for (const text of ['', 'x', '\uffff\uffff', '\0\x03a.b', '\0\x09a.b.c', '\0\x05a.b.c'])
        await client.publish(`pf.contract.${channel}`, text);
    }
    sender.transport.announce(bytesOf('here'));
    await sender.finish(receiver);
    expect(receiver.got.filter(({ from }) => from.inc === sender.peerId.inc).length).toBe(1);
    expect((await receiver.transport.hello()).map(({ from }) => from.id)).toContain('a');
  });
});
