import { memory } from 'nestjs-pomelo';
import { acquainted, backend, frontend, startServer } from './support/channels/channel-servers.js';
import { globalChannelsSuite } from './support/channels/global-channels.suite.js';
import { TappedDriver } from './support/channels/tapped-driver.js';
import { until } from './support/until.js';

globalChannelsSuite('memory()', async () => memory());

describe('a cluster-wide channel', () => {
  it('works in one process without a cluster', async () => {
    const alone = await startServer({ id: 'server-1', types: ['t'] });
    const [ann, bob] = [await alone.visit('ann'), await alone.visit('bob')];
    await alone.probe.as(ann.client, (session) => alone.globals.add('world', session));
    await alone.globals.add('world', 'bob');
    expect(await alone.globals.pushMessage('world', 'onChat', 1)).toBe(1);
    expect([await ann.received(), await bob.received()]).toEqual([[1], [1]]);
    expect(await alone.globals.count('world')).toEqual({ users: 2, unreachable: [] });
    expect(await alone.globals.destroyChannel('world')).toEqual([]);
    expect(await alone.globals.getMembersBySid('world', 'server-1')).toEqual([]);
  });

  it('names the frontends that do not say who is in it, and gives what the others say', async () => {
    const cluster = memory();
    const tap = new TappedDriver(cluster);
    const one = await frontend(cluster, 'connector-1');
    const two = await frontend(tap, 'connector-2');
    const room = await backend(cluster, 'room-1');
    await acquainted(one, two, room);
    await one.visit('ann');
    await two.visit('bob');
    for (const uid of ['ann', 'bob']) await room.globals.add('world', uid);
    tap.isClosed = true;
    const soon = { timeoutMs: 50 };
    expect(await room.globals.getMembersByChannelName('world', soon)).toEqual({
      members: [{ uid: 'ann', sid: one.id }],
      unreachable: [two.id],
    });
    expect(await room.globals.count('world', soon)).toEqual({ users: 1, unreachable: [two.id] });
    expect(await room.globals.destroyChannel('world', soon)).toEqual([two.id]);
  });

  it('still has the members of a frontend that was cut off for a while', async () => {
    const cluster = memory();
    const tap = new TappedDriver(cluster);
    const limits = { clusterHeartbeatMs: 50 };
    const two = await startServer({ cluster: tap, id: 'connector-2', types: ['connector'], limits });
    const room = await startServer({ cluster, id: 'room-1', types: ['t'], connectors: [], limits });
    await acquainted(two, room);
    const bob = await two.visit('bob');
    await room.globals.add('world', 'bob');
    tap.isClosed = true;
    await until(() => room.registry.get(two.id) === undefined);
    tap.isClosed = false;
    await until(() => room.registry.get(two.id) !== undefined);
    expect(await room.globals.count('world')).toEqual({ users: 1, unreachable: [] });
    expect(await room.globals.pushMessage('world', 'onChat', 1)).toBe(1);
    expect(await room.globals.count('world')).toEqual({ users: 1, unreachable: [] });
    expect(await bob.received()).toEqual([1]);
  });

  it('rejects a body that cannot be written or cannot travel, and reaches nobody with half of it', async () => {
    const cluster = memory();
    const one = await frontend(cluster, 'connector-1');
    const two = await frontend(cluster, 'connector-2');
    await acquainted(one, two);
    const ann = await one.visit('ann');
    await one.globals.add('world', 'ann');
    const loop: unknown[] = [];
    loop.push(loop);
    await expect(one.globals.pushMessage('world', 'onChat', { gold: 1n })).rejects.toThrow(TypeError);
    await expect(two.globals.pushMessage('world', 'onChat', loop)).rejects.toMatchObject({
      reason: 'REMOTE_ARGUMENTS',
    });
    expect(await ann.received()).toEqual([]);
  });
});
