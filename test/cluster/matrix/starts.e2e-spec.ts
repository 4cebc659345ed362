import type { WorkDone } from '../processes/work.remote.js';
import type { MemberProcess } from '../processes/member-process.js';
import { HEARTBEAT_MS } from './support/beat-clock.js';
import { figure } from './support/figure.js';
import { Load } from './support/load.js';
import { Stage } from './support/stage.js';

const SENTENCE = /"chat-1"/;
/** Ages that differ by less say nothing. */
const TWINS_MS = 5_000;

describe('a server that is started with an id that is in use', () => {
  it('refuses to start with a sentence, and costs the first one nothing', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const first = await stage.load('chat-1');
    const { startMs } = await first.start();
    const observer = await stage.observer([first]);
    const load = new Load('load', clock, (key) => observer.work.to('chat-1').run(key, 10), 4);
    const second = await stage.load('chat-1');
    const took = await clock.timeOf(() => expect(second.start()).rejects.toThrow('chat-1 ended with 1'));
    await clock.pass(2);
    await load.stop();
    expect(second.log).toMatch(SENTENCE);
    expect(figure('refused after, its start not counted', took - startMs / HEARTBEAT_MS)).toBeLessThan(3);
    expect(load.failed).toEqual([]);
    expect(observer.leaves).toEqual([]);
    expect(second.executed()).toEqual([]);
    expect(first.executed().length).toBeGreaterThan(0);
  });

  it('in the same moment: exactly one of the two serves', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const observer = await stage.observer([]);
    const twins = [await stage.load('chat-1'), await stage.load('chat-1')];
    await Promise.allSettled(twins.map((twin) => twin.start()));
    const decided = await clock.until(() => twins.some(({ isAlive }) => !isAlive));
    expect(figure('decided after', decided)).toBeLessThan(4);
    await clock.pass(3);
    expect(twins.filter(({ isAlive }) => isAlive)).toHaveLength(1);
    await clock.until(() => observer.sees('chat-1'));
    expect(await observer.work.to('chat-1').run('served')).toMatchObject({ key: 'served' });
    const [loser] = twins.filter(({ isAlive }) => !isAlive) as [MemberProcess];
    expect(await loser.ended).toBe(1);
    expect(loser.log).toMatch(SENTENCE);
    expect(loser.executed()).toEqual([]);
  });
});

describe('a server whose id was given to another one while it had no broker', () => {
  it('stays, as the older one, and the other one goes with a sentence: never both', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const older = await stage.member('chat-1');
    const observer = await stage.observer([older]);
    // Those that are of one age are told apart by something else.
    await clock.pass(TWINS_MS / HEARTBEAT_MS + 1);
    await stage.broker.kill();
    await clock.pass(1);
    older.freeze();
    await stage.broker.start();
    const younger = await stage.member('chat-1');
    await clock.until(() => observer.sees('chat-1'));
    older.thaw();
    expect(await younger.ended).toBe(1);
    expect(younger.log).toMatch(SENTENCE);
    const isServed = (): Promise<boolean> =>
      observer.work
        .to('chat-1')
        .run('served')
        .then(
          () => true,
          () => false,
        );
    await clock.pass(3);
    expect(older.isAlive).toBe(true);
    await clock.until(isServed);
    expect(older.executed().length).toBeGreaterThan(0);
    expect(younger.executed()).toEqual([]);
  });
});

describe('servers that are restarted one after the other', () => {
  it('cost not one call and not one request', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const ids = ['chat-1', 'chat-2', 'chat-3'] as const;
    const members = await stage.members(['connector-1', ...ids]);
    const observer = await stage.observer(members);
    const clients = await Promise.all([1, 2, 3, 4].map(() => stage.client(members[0])));
    const calls = new Load('call', clock, (key) => observer.work.for(key).run(key, 10), 8);
    const loads = clients.map(
      (client, index) =>
        new Load(
          `client ${index}`,
          clock,
          (key) => client.request<WorkDone>('chat.room.run', { key, ms: 30 }),
          2,
        ),
    );
    for (const [index, id] of ids.entries()) {
      const next = await stage.load(id);
      const drain = await clock.timeOf(async () => expect(await members[index + 1]?.end('SIGTERM')).toBe(0));
      figure('stopped after', drain);
      await next.start();
      await clock.until(() =>
        [...calls.calls].some(({ server, startedAt }) => server === id && startedAt > drain),
      );
    }
    await Promise.all([calls, ...loads].map((load) => load.stop()));
    expect([calls, ...loads].flatMap(({ failed }) => failed)).toEqual([]);
    expect(figure('longest time without an answer', calls.longestGap)).toBeLessThan(1);
    figure('calls', calls.calls.length);
    figure('requests', loads.flatMap((load) => load.calls).length);
    expect(observer.leaves.map(({ id, why }) => `${id} ${why}`)).toEqual(ids.map((id) => `${id} bye`));
  });
});

describe('a server that is added', () => {
  it('serves soon after its start, also in the place of one that was killed', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const first = await stage.member('chat-1');
    const observer = await stage.observer([first]);
    const load = new Load('load', clock, (key) => observer.work.for(key).run(key, 5), 4);
    const timeToServe = async (): Promise<number> => {
      const added = await stage.load('chat-2');
      const startedAt = clock.now();
      const from = load.calls.length;
      const { startMs } = await added.start();
      await clock.until(() => load.calls.slice(from).some(({ server }) => server === 'chat-2'));
      await added.end('SIGKILL');
      await clock.until(() => !observer.sees('chat-2'));
      const served = load.calls.slice(from).find(({ server }) => server === 'chat-2');
      return (served?.endedAt ?? Infinity) - startedAt - startMs / HEARTBEAT_MS;
    };
    expect(figure('serves after, its start not counted', await timeToServe())).toBeLessThan(2);
    expect(figure('serves again after, its start not counted', await timeToServe())).toBeLessThan(2);
    await load.stop();
    expect(load.failed.every(({ outcome }) => outcome === 'REMOTE_LOST')).toBe(true);
  });
});
