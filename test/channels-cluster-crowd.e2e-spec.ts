import { memory, PomeloStatistics } from 'nestjs-pomelo';
import { TestConnector, type TestClient } from 'nestjs-pomelo/testing';
import { setImmediate as turn } from 'node:timers/promises';
import {
  acquainted,
  arrived,
  backend,
  startServer,
  type ChannelServer,
} from './support/channels/channel-servers.js';

const CROWD = 1_200;
/** Sessions that one turn of the event loop writes to at most. */
const STEP = 500;

interface Crowd {
  readonly connector: ChannelServer;
  readonly room: ChannelServer;
  readonly clients: readonly TestClient[];
  /** What each client has got. */
  readonly heard: readonly unknown[][];
  /** Number of pushes after each turn, until all have been sent. */
  readonly progress: (pushes: number) => Promise<number[]>;
}

/** A frontend with many users, and a backend. */
async function start(): Promise<Crowd> {
  const cluster = memory();
  const connectors = new TestConnector();
  const connector = await startServer({
    cluster,
    id: 'connector-1',
    types: ['connector'],
    connectors: [connectors],
  });
  const room = await backend(cluster, 'room-1');
  await acquainted(connector, room);
  const clients = await Promise.all(Array.from({ length: CROWD }, () => connectors.connect()));
  const heard = clients.map((client) => {
    const bodies: unknown[] = [];
    client.on('onChat', (body) => bodies.push(body));
    return bodies;
  });
  let number = 0;
  const binds: Promise<void>[] = [];
  connector.sessions.forEachSession((session) => binds.push(session.bind(`user ${(number += 1)}`)));
  await Promise.all(binds);
  const statistics = connector.app.get(PomeloStatistics);
  const pushes = (): number => statistics.snapshot().connectors[0]?.pushes ?? 0;
  const progress = async (all: number): Promise<number[]> => {
    const seen = [0, pushes()];
    while ((seen.at(-1) ?? 0) < all) {
      await turn();
      seen.push(pushes());
    }
    return seen;
  };
  return { connector, room, clients, heard, progress };
}

function largestStep(seen: readonly number[]): number {
  return Math.max(...seen.map((count, index) => count - (seen[index - 1] ?? count)));
}

describe('a push to very many sessions of one frontend', () => {
  it.each(['broadcast', 'channel', 'global channel', 'broadcastHere'])(
    'leaves the event loop free between steps, reaches each once and keeps its order: %s',
    async (way) => {
      const { connector, room, heard, progress } = await start();
      const last = { uid: `user ${CROWD}`, sid: connector.id };
      const lobby = room.channels.createChannel('lobby');
      for (let number = 1; number <= CROWD; number += 1) {
        lobby.add(`user ${number}`, connector.id);
        if (way === 'global channel') await connector.globals.add('world', `user ${number}`);
      }
      const sender = way === 'broadcastHere' ? connector : room;
      const pushes: Record<string, () => Promise<unknown>> = {
        broadcast: () => room.channels.broadcast('connector', 'onChat', 'all'),
        channel: () => lobby.pushMessage('onChat', 'all'),
        'global channel': () => room.globals.pushMessage('world', 'onChat', 'all'),
        broadcastHere: () => connector.channels.broadcastHere('onChat', 'all'),
      };
      const sent = pushes[way]?.();
      const after = sender.channels.pushMessageByUids('onChat', 'after', [last]);
      const seen = await progress(CROWD + 1);
      expect(largestStep(seen)).toBeLessThanOrEqual(STEP + 1);
      expect(await sent).toEqual(
        { broadcast: 1, channel: [], 'global channel': 1, broadcastHere: CROWD }[way],
      );
      expect(await after).toEqual([]);
      await arrived(room);
      await turn();
      expect(heard.at(-1)).toEqual(['all', 'after']);
      expect(heard.slice(0, -1).every((bodies) => String(bodies) === 'all')).toBe(true);
    },
  );

  it('tells whom it did not reach when they leave while it is sent', async () => {
    const { connector, room, clients, progress } = await start();
    const lobby = room.channels.createChannel('lobby');
    for (let number = 1; number <= CROWD; number += 1) lobby.add(`user ${number}`, connector.id);
    const sent = lobby.pushMessage('onChat', 'all');
    await progress(1);
    await clients.at(-1)?.disconnect();
    expect(await sent).toEqual([`user ${CROWD}`]);
  });
});
