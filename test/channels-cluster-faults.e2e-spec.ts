import { memory, type Channel } from 'nestjs-pomelo';
import {
  acquainted,
  startServer,
  type ChannelServer,
  type Visitor,
} from './support/channels/channel-servers.js';
import { TappedDriver } from './support/channels/tapped-driver.js';
import { until } from './support/until.js';

const limits = { clusterHeartbeatMs: 50, requestMs: 1_000 };

interface Scene {
  /** What the frontend says arrives, or not. */
  readonly frontendTap: TappedDriver;
  readonly roomTap: TappedDriver;
  readonly connector: ChannelServer;
  readonly room: ChannelServer;
  readonly ann: Visitor;
  /** On the backend. */
  readonly lobby: Channel;
}

/** A frontend with a user, whose session is in a channel of a backend. */
async function start(): Promise<Scene> {
  const cluster = memory();
  const [frontendTap, roomTap] = [new TappedDriver(cluster), new TappedDriver(cluster)];
  const connector = await startServer({
    cluster: frontendTap,
    id: 'connector-1',
    types: ['connector'],
    limits,
  });
  const room = await startServer({ cluster: roomTap, id: 'room-1', types: ['t'], connectors: [], limits });
  await acquainted(connector, room);
  const ann = await connector.visit('ann');
  const lobby = room.channels.createChannel('lobby');
  expect(await room.probe.as(ann.client, (session) => lobby.add(session))).toBe(true);
  // The second one is answered behind the request to watch the session.
  for (let time = 0; time < 2; time += 1) await lobby.pushMessage('onWarmUp', {});
  return { frontendTap, roomTap, connector, room, ann, lobby };
}

describe('a channel whose members are behind a frontend that is cut off', () => {
  it('tells them as not reached, and loses them once the frontend counts as gone', async () => {
    const { frontendTap, room, lobby, ann } = await start();
    lobby.add('bob', 'connector-1');
    frontendTap.isClosed = true;
    expect(await lobby.pushMessage('onChat', 'perhaps')).toEqual(['ann', 'bob']);
    await until(() => room.registry.get('connector-1') === undefined);
    expect(lobby.getMembers()).toEqual([]);
    expect(await lobby.pushMessage('onChat', 'nobody')).toEqual([]);
    frontendTap.isClosed = false;
    await until(() => room.registry.get('connector-1') !== undefined);
    // It was the answer that was lost.
    expect(await ann.received()).toEqual(['perhaps']);
    expect(await room.probe.as(ann.client, (session) => lobby.add(session))).toBe(true);
    expect(await lobby.pushMessage('onChat', 'back')).toEqual([]);
    expect(await ann.received()).toEqual(['perhaps', 'back']);
  });

  it('hears of a session that closed meanwhile', async () => {
    const { frontendTap, connector, ann, lobby } = await start();
    frontendTap.isClosed = true;
    const { lost } = frontendTap;
    await ann.client.close();
    await until(() => frontendTap.lost > lost && connector.sessions.getSessionsCount() === 0);
    frontendTap.isClosed = false;
    await until(() => lobby.getUserAmount() === 0);
  });

  it('learns from a push, too, which sessions have closed', async () => {
    const { frontendTap, connector, ann, lobby } = await start();
    frontendTap.isClosed = true;
    const { lost } = frontendTap;
    await ann.client.close();
    await until(() => frontendTap.lost > lost && connector.sessions.getSessionsCount() === 0);
    frontendTap.isClosed = false;
    expect(await lobby.pushMessage('onChat', 1)).toEqual(['ann']);
    expect(lobby.getMembers()).toEqual([]);
  });

  it('hears of sessions that close after the frontend had taken its server for gone', async () => {
    const { roomTap, connector, room, ann, lobby } = await start();
    roomTap.isClosed = true;
    await until(() => connector.registry.get('room-1') === undefined);
    expect(lobby.getMembers()).toEqual(['ann']);
    roomTap.isClosed = false;
    await until(() => connector.registry.get('room-1') !== undefined);
    expect(room.registry.get('connector-1')).toBeDefined();
    await ann.client.close();
    await until(() => lobby.getUserAmount() === 0);
  });

  it('asks again until it is heard when the frontend did not hear that it shall watch a session', async () => {
    const { roomTap, connector, room, lobby } = await start();
    const bob = await connector.visit('bob');
    const session = await room.probe.as(bob.client, (current) => current);
    roomTap.isClosed = true;
    const { lost } = roomTap;
    lobby.add(session);
    await until(() => roomTap.lost > lost);
    roomTap.isClosed = false;
    await bob.client.close();
    await until(() => !lobby.getMembers().includes('bob'));
    expect(lobby.getMembers()).toEqual(['ann']);
  });
});

describe('a channel with many members on other servers', () => {
  it('sends the body once to each frontend', async () => {
    const { roomTap, connector, lobby } = await start();
    const visitors: Visitor[] = [];
    for (let index = 0; index < 20; index += 1) {
      visitors.push(await connector.visit(`user ${index}`));
      lobby.add(`user ${index}`, connector.id);
    }
    const body = 'x'.repeat(20_000);
    const before = roomTap.sentBytes;
    expect(await lobby.pushMessage('onChat', body)).toEqual([]);
    expect(roomTap.sentBytes - before).toBeLessThan(1.5 * body.length);
    for (const { received } of visitors) expect(await received()).toEqual([body]);
  });
});
