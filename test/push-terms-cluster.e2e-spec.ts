import { BackendSessionService, memory, PomeloStatistics, type ConnectorStatistics } from 'nestjs-pomelo';
import { acquainted, backend, startServer, type ChannelServer } from './support/channels/channel-servers.js';
import { RawClient, readMessage } from './support/raw-client.js';
import { until } from './support/until.js';

const MEBIBYTE = 1024 * 1024;
const FILLER = 'x'.repeat(60_000);

interface Fleet {
  readonly one: ChannelServer;
  readonly room: ChannelServer;
  readonly counted: () => ConnectorStatistics;
  /** A client on the frontend that does not read, and for which far more waits than the system takes. */
  readonly deaf: RawClient;
}

async function start(): Promise<Fleet> {
  const cluster = memory();
  const limits = { writeBufferHardBytes: 64 * MEBIBYTE, writeStallMs: 60_000 };
  const one = await startServer({ cluster, id: 'connector-1', types: ['connector'], limits });
  const room = await backend(cluster, 'room-1');
  await acquainted(one, room);
  const deaf = await RawClient.ready(one.port);
  await until(() => one.sessions.getSessionsCount() === 1);
  one.sessions.forEachSession((session) => void session.bind('deaf'));
  await until(() => one.sessions.getBoundUsersCount() === 1);
  deaf.socket.pause();
  const statistics = one.app.get(PomeloStatistics);
  while (statistics.snapshot().outstandingBytes < 2 * MEBIBYTE) {
    await one.channels.broadcastHere('onFill', FILLER);
    await new Promise(setImmediate);
  }
  return { one, room, deaf, counted: () => statistics.snapshot().connectors[0] as ConnectorStatistics };
}

describe('a push with options, from a server to a client of another one that is behind', () => {
  it('is skipped there when it is volatile, which the caller is told', async () => {
    const { one, room, counted } = await start();
    const reader = await one.visit('reader');
    const lobby = room.channels.createChannel('lobby');
    for (const uid of ['deaf', 'reader']) lobby.add(uid, one.id);
    expect(await lobby.pushMessage('onChat', 1, { volatile: true })).toEqual(['deaf']);
    expect(await reader.received()).toEqual([1]);
    expect(counted().pushesSkipped).toBe(1);
  });

  it('waits there, and is replaced and expires there, whichever way it came', async () => {
    const { one, room, deaf, counted } = await start();
    const lobby = room.channels.createChannel('lobby');
    lobby.add('deaf', one.id);
    await room.globals.add('world', 'deaf');
    const [session] = await room.app.get(BackendSessionService).getByUid(one.id, 'deaf');
    await lobby.pushMessage('onMove', 1, { latest: 'a' });
    await room.globals.pushMessage('world', 'onMove', 2, { latest: 'a' });
    await room.channels.broadcast('connector', 'onMove', 3, { latest: 'a' });
    expect(await session?.send('onMove', 4, { latest: 'a' })).toBe(true);
    expect(await session?.send('onMove', 5, { deadlineMs: 0 })).toBe(false);
    await until(() => counted().pushesReplaced === 3);
    expect(counted()).toMatchObject({ pushesSkipped: 0, pushesExpired: 1 });
    deaf.socket.resume();
    const bodies: unknown[] = [];
    while (bodies.length === 0) {
      const { head, json } = readMessage(await deaf.packages.take());
      if (head.route !== 'onFill') bodies.push(json);
    }
    expect(bodies).toEqual([4]);
  });
});
