import { BackendSessionService, ChannelService } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import type { WorkDone } from '../processes/work.remote.js';
import { NatsServer } from '../support/nats-server.js';
import { HEARTBEAT_MS, type BeatClock } from './support/beat-clock.js';
import { figure, mostOf } from './support/figure.js';
import { Load } from './support/load.js';
import { Stage } from './support/stage.js';

describe('a frontend that is killed', () => {
  it('costs its users their connections, and no wait: they log in elsewhere at once, and count as gone soon', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const frontends = await stage.members(['connector-1', 'connector-2'], { single: 'kickOld' });
    const observer = await stage.observer(frontends);
    const { directory, running } = observer;
    for (const uid of ['ann', 'bob'])
      await (await stage.client(frontends[0])).request('connector.entry.enter', { uid });
    const room = running.app.get(ChannelService).createChannel('room');
    room.add('bob', 'connector-1');
    const [session] = await directory.sessionsOf('bob');
    expect(await session?.send('onMail', 'before')).toBe(true);
    const next = await stage.client(frontends[1]);

    await frontends[0].end('SIGKILL');
    const diedAt = clock.now();
    const login = await clock.timeOf(() => next.request('connector.entry.enter', { uid: 'ann' }));
    expect(figure('the next login takes', login)).toBeLessThan(1);
    expect(await session?.send('onMail', 'after')).toBe(false);
    const backend = running.app.get(BackendSessionService);
    await expect(backend.get('connector-1', session?.id ?? '')).rejects.toMatchObject({
      reason: 'REMOTE_NOT_DELIVERED',
    });
    await clock.until(() => !observer.sees('connector-1'));
    expect(figure('missed after', clock.now() - diedAt)).toBeLessThan(2);
    expect(await directory.whereAre(['ann', 'bob'])).toMatchObject([[{ frontendId: 'connector-2' }], []]);
    expect(room.getMembers()).toEqual([]);
    expect(await frontends[1].ask('users')).toEqual([['ann', expect.any(String)]]);
  });
});

describe('a frontend that is frozen while much is pushed to it', () => {
  it('is cut by the broker, costs nobody else any time, and keeps its clients', async () => {
    // Two heartbeats, as the guide says: until then NATS slows down whoever pushes, and who is silent for three is gone.
    const broker = await NatsServer.start({ config: `write_deadline: "${2 * HEARTBEAT_MS}ms"` });
    const stage = await Stage.start([broker]);
    const { clock } = stage;
    const members = await stage.members(['connector-1', 'connector-2', 'chat-1', 'lobby-1']);
    const observer = await stage.observer(members);
    const slow = await stage.client(members[0]);
    const bystander = await stage.client(members[1]);
    await slow.request('connector.entry.enter', { uid: 'slow' });
    const load = new Load('bystander', clock, (key) => pingFor(bystander, key, clock), 1);
    await clock.pass(1);
    const first = slow.once('onFlood');
    const flood = observer.work.to('chat-1', { timeoutMs: 20_000 }).flood('slow', 100_000);
    await first;
    members[0].freeze();
    const pushed = await flood;
    await clock.pass(1);
    members[0].thaw();
    await clock.until(() => observer.sees('connector-1'));
    await load.stop();

    expect(figure('pushed MB', pushed / 10)).toBeGreaterThan(10);
    expect(load.failed).toEqual([]);
    const slowest = mostOf(load.calls.map(({ startedAt, endedAt }) => endedAt - startedAt));
    expect(figure('slowest request of the bystander', slowest)).toBeLessThan(1);
    expect(members[0].log).toContain('The link to the cluster (nats) is down');
    expect(observer.leaves.map(({ id }) => id)).toEqual(['connector-1']);
    expect(await slow.request('lobby.desk.ping')).toEqual({ code: 200 });
  });
});

/** Asks a server behind the broker, then rests a little: else it would be a load itself. */
async function pingFor(client: PomeloClient, key: string, clock: BeatClock): Promise<WorkDone> {
  await client.request('lobby.desk.ping');
  await clock.pass(0.05);
  return { key, server: 'lobby-1' };
}
