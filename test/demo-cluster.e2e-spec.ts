import { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from './support/ask.js';
import { ChatPage, launchBrowser } from './support/chat-page.js';
import { DemoCluster, type ClusterProcess } from './support/demo-cluster.js';
import { closeAfterTest } from './support/pomelo-app.js';
import { until } from './support/until.js';
import { Visitor } from './support/visitor.js';

/** Six processes start, on a machine that may be slow. */
const SLOW_MS = 60_000;

describe('the demo as a cluster', () => {
  let cluster: DemoCluster;
  let rooms = 0;

  beforeAll(async () => {
    cluster = await DemoCluster.start();
  }, SLOW_MS);
  afterAll(() => cluster.end('SIGTERM'));

  async function enter(name: string, rid: string): Promise<Visitor> {
    return closeAfterTest(await Visitor.enter(cluster.port, name, rid));
  }

  /** Two users of a room, whom the gate sends to different connectors. */
  async function twoInARoom(): Promise<[Visitor, Visitor]> {
    rooms += 1;
    const rid = `room-${rooms}`;
    const ann = await enter('ann', rid);
    for (let number = 1; ; number += 1) {
      const bob = await enter(`bob-${number}`, rid);
      if (bob.welcome.connector !== ann.welcome.connector) return [ann, bob];
      await bob.close();
    }
  }

  it('lets users of both connectors talk in one room', async () => {
    const [ann, bob] = await twoInARoom();
    expect(bob.welcome.users).toEqual(['ann', bob.name]);
    expect(bob.welcome.chat).toBe(ann.welcome.chat);
    await ann.sayTo(bob, 'hello bob');
    await bob.sayTo(ann, 'hello ann');
    await bob.close();
    await until(() => !ann.users.has(bob.name));
  });

  it('answers for the health of every server', async () => {
    const urls = [
      cluster.url,
      ...['connector-1', 'connector-2', 'chat-1', 'chat-2'].map((id) => cluster.urlOf(id)),
    ];
    for (const url of urls)
      expect({ url, status: (await fetch(`${url}/readyz`)).status }).toEqual({ url, status: 200 });
  });

  it('refuses a name that somebody at the other connector has', async () => {
    const [ann, bob] = await twoInARoom();
    await bob.close();
    const thief = closeAfterTest(await PomeloClient.connect(`tcp://127.0.0.1:${bob.port}`));
    const answer = await ask(thief, 'connector.entryHandler.enter', { username: ann.name, rid: ann.rid });
    expect(answer).toEqual({ code: 500, error: true });
  });

  it('goes on in the room after its chat server was killed', async () => {
    const [ann, bob] = await twoInARoom();
    await ann.sayTo(bob, 'before');
    await cluster.kill(ann.welcome.chat as ClusterProcess);
    await ann.sayTo(bob, 'after');
    await bob.sayTo(ann, 'after, too');
  });

  it('tells who is gone with a connector that was killed, and lets them in by another one', async () => {
    const [ann, bob] = await twoInARoom();
    await cluster.kill(ann.welcome.connector as ClusterProcess);
    await until(() => !bob.users.has('ann'));
    const again = await enter('ann', ann.rid);
    await again.sayTo(bob, 'back again');
    await bob.sayTo(again, 'welcome');
  });

  it(
    'shows on the page which servers serve it, and finds its way back when they are killed',
    async () => {
      const browser = closeAfterTest(await launchBrowser());
      const ann = await ChatPage.open(browser, cluster.url, 'ann');
      await ann.enter();
      const servers = await ann.servers();
      expect(servers).toMatch(/^connector-[12] · chat-[12]$/);
      for (const server of servers.split(' · ')) await cluster.kill(server as ClusterProcess);
      await ann.connectionIs('Reconnected');
      const bob = await enter('bob', 'lobby');
      await bob.sayUntil('are you back?', () => ann.isSeeing('are you back?'));
      expect(await ann.servers()).toMatch(/^connector-[12] · chat-[12]$/);
      expect(ann.complaints).toEqual([]);
    },
    SLOW_MS,
  );

  it.each(['nats', 'gate-1'] as const)('goes on after %s was killed', async (name) => {
    const [ann, bob] = await twoInARoom();
    await cluster.kill(name);
    await ann.sayTo(bob, 'still there?');
    const eve = await enter('eve', ann.rid);
    await eve.sayTo(ann, 'me, too');
  });
});

describe('the end of the demo as a cluster', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'leaves no process behind (%s)',
    async (signal) => {
      const cluster = await DemoCluster.start();
      const pids = cluster.pids();
      expect(pids).toHaveLength(6);
      expect(await cluster.end(signal)).toBe(0);
      expect(pids.filter(isRunning)).toEqual([]);
    },
    SLOW_MS,
  );
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
