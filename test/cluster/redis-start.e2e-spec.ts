import type { ClusterDriver, FrameSink, OwnPeer } from 'nestjs-pomelo';
import { redis, type RedisDriverOptions } from 'nestjs-pomelo/redis';
import { closeAfterTest, refusalOf } from '../support/pomelo-app.js';
import { RedisServer } from '../support/redis-server.js';
import { until } from '../support/until.js';
import { bindingAt } from './contract/contract-bindings.js';
import { watchResources } from './contract/contract-engine.js';
import { ContractPeer } from './contract/contract-peer.js';
import { engineOn, rawClient, recordLog } from './redis-engine.js';

const SELF: OwnPeer = { id: 'a', inc: 'inc', role: 'chat', types: ['chat'], namespace: 'game' };
const DEAF: FrameSink = { batch() {}, notDelivered() {}, announcement() {}, state() {} };
const PASSWORD = 'open sesame';
const PROTECTED = ['--requirepass', PASSWORD];

function openTransport(driver: ClusterDriver): Promise<void> {
  return closeAfterTest(driver.createTransport()).open(SELF, DEAF);
}

function openBindings(driver: ClusterDriver): Promise<void> {
  return closeAfterTest(driver.createBindings()).open('game');
}

describe('a Redis that is away at the start', () => {
  it('is waited for, with one line that says so and one when it is there', async () => {
    const log = recordLog();
    const server = await RedisServer.start();
    await server.kill();
    const driver = redis({ url: server.url });
    const opened = Promise.all([openTransport(driver), openBindings(driver)]);
    await until(() => log.matching('warn').length > 0);
    await server.start();
    await opened;
    expect(log.matching('warn')).toEqual([
      `Redis at 127.0.0.1:${server.port} is away: Error: connect ECONNREFUSED 127.0.0.1:${server.port}. Waiting for it.`,
    ]);
    expect(log.matching('log')).toEqual([`Redis at 127.0.0.1:${server.port} answers`]);
  });

  it('is waited for no longer when the server is stopped', async () => {
    const log = recordLog();
    const server = await RedisServer.start();
    await server.kill();
    const resourcesAreFreed = watchResources();
    const driver = redis({ url: server.url });
    const [transport, bindings] = [driver.createTransport(), driver.createBindings()];
    const opening = [transport.open(SELF, DEAF), bindings.open('game')];
    await until(() => log.matching('warn').length > 0);
    await transport.close();
    await bindings.close();
    const outcomes = await Promise.allSettled(opening);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await resourcesAreFreed();
  });
});

describe('a Redis that does not want the server', () => {
  it.each([
    ['a wrong password', { password: 'wrong' }, 'WRONGPASS'],
    ['no password', {}, 'NOAUTH'],
    ['a database that is not there', { password: PASSWORD, db: 999 }, 'DB index is out of range'],
  ])('because of %s, stops the start with a sentence', async (_why, options, detail) => {
    const { url, port } = await RedisServer.start(PROTECTED);
    for (const open of [openTransport, openBindings]) {
      const sentence = await refusalOf(() => open(redis({ url, options })));
      expect(sentence).toContain(`Redis at 127.0.0.1:${port} does not let this server in: `);
      expect(sentence).toContain(detail);
      expect(sentence).not.toContain(PASSWORD);
    }
  });

  it('because of missing permissions for channels, stops the start with a sentence', async () => {
    const server = await RedisServer.start();
    const rules = ['on', `>${PASSWORD}`, '+@all', '~pf:other:*', '&pf.other.*'];
    await rawClient(server).acl('SETUSER', 'chat', ...rules);
    const driver = redis({ url: server.url, options: { username: 'chat', password: PASSWORD } });
    for (const open of [openTransport, openBindings]) {
      const opening = open(driver);
      await expect(opening).rejects.toMatchObject({
        name: 'PomeloConfigException',
        reason: 'CLUSTER_REFUSED',
      });
      await expect(opening).rejects.toThrow('NOPERM');
    }
  });

  it('lets it in with the permissions of its namespace, and with credentials in the address', async () => {
    const server = await RedisServer.start();
    const rules = ['on', '>secret', '-@all', '~pf:contract:*', '&pf.contract.*'];
    const commands = ['+@connection', '+info', '+publish', '+subscribe', '+unsubscribe', '+pubsub|numsub'];
    const keys = ['+get', '+set', '+del', '+mget', '+eval', '+evalsha'];
    await rawClient(server).acl('SETUSER', 'chat', ...rules, ...commands, ...keys);
    const engine = engineOn(server, { url: server.url.replace('//', '//chat:secret@') });
    const [sender, receiver] = [await ContractPeer.open(engine, 'a'), await ContractPeer.open(engine, 'b')];
    await sender.finish(receiver);
    sender.transport.probe('nobody');
    await until(() => sender.undelivered.length > 0);
    expect(await receiver.transport.hello()).toEqual([]);
    const bindings = closeAfterTest(engine.driver().createBindings());
    await bindings.open('contract');
    await bindings.update('ann', () => [bindingAt('a')]);
    expect(await bindings.getMany(['ann'])).toEqual([[bindingAt('a')]]);
  });
});

describe('an option of redis()', () => {
  it.each<[RedisDriverOptions | undefined, string]>([
    [undefined, 'redis() is null'],
    [{}, 'redis.url is undefined, but it must be an address'],
    [{ url: 'nats://127.0.0.1' }, 'redis.url is "…"'],
    [{ url: 'redis://:secret@' }, 'redis.url is "…"'],
    [{ url: 'redis://127.0.0.1?enableOfflineQueue=true' }, 'an address without a query'],
    [{ url: 'redis://127.0.0.1', timeoutMs: 0 }, 'redis.timeoutMs is 0'],
    [{ url: 'redis://127.0.0.1', pressureBytes: 1 }, 'redis.pressureBytes is 1'],
    [{ url: 'redis://127.0.0.1', pass: 'x' } as RedisDriverOptions, 'redis.pass is "x"'],
  ])('with a wrong value stops the start with a sentence: %#', async (options, sentence) => {
    const refusal = await refusalOf(() => redis(options as RedisDriverOptions));
    expect(refusal).toContain(sentence);
    expect(refusal).not.toContain('secret');
  });
});
