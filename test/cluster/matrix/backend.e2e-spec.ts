import { ask } from '../../support/ask.js';
import { figure, mostOf } from './support/figure.js';
import { executions, Load } from './support/load.js';
import { Stage } from './support/stage.js';

describe('a back end that is killed', () => {
  it('under load costs the calls that it worked on, and nobody else anything', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['chat-1', 'chat-2', 'chat-3']);
    const observer = await stage.observer(members);
    const load = new Load('load', clock, (key) => observer.work.for(key).run(key, 20), 64);
    await clock.pass(2);
    const killedAt = clock.now();
    await members[1].end('SIGKILL');
    const diedAt = clock.now();
    await clock.until(() => !observer.sees('chat-2'));
    await clock.pass(2);
    await load.stop();

    expect(Object.keys(load.outcomes).toSorted()).toEqual(['REMOTE_LOST', 'ok']);
    expect(load.failed.filter(({ startedAt }) => startedAt > diedAt)).toEqual([]);
    expect(figure('calls lost', load.failed.length)).toBeLessThanOrEqual(64);
    expect(figure('lost after', mostOf(load.failed.map(({ endedAt }) => endedAt - killedAt)))).toBeLessThan(
      1,
    );
    expect(figure('longest time without an answer', load.longestGap)).toBeLessThan(1);
    expect(observer.leaves).toMatchObject([{ id: 'chat-2', why: 'probe' }]);
    const times = executions(members);
    expect(load.succeeded.every(({ key }) => times.get(key) === 1)).toBe(true);
    expect([...times.values()].every((count) => count === 1)).toBe(true);
  });

  it('while it works on one request, and nobody else asks it: who asked is told 504 soon', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['connector-1', 'chat-1']);
    const client = await stage.client(members[0]);
    const answer = ask(client, 'chat.room.run', { key: 'long', ms: 60_000 });
    await clock.until(() => members[1].executed().includes('long'));
    const told = await clock.timeOf(async () => {
      await members[1].end('SIGKILL');
      expect(await answer).toMatchObject({ code: 504 });
    });
    expect(figure('told after', told)).toBeLessThan(1.5);
  });

  it('while nobody calls it is missed soon', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['chat-1', 'chat-2']);
    const observer = await stage.observer(members);
    await members[1].end('SIGKILL');
    const missed = await clock.until(() => !observer.sees('chat-2'));
    expect(figure('missed after', missed)).toBeLessThan(2);
    expect(observer.leaves).toMatchObject([{ id: 'chat-2', why: 'probe' }]);
  });
});

describe('a back end that is frozen for a while', () => {
  it('costs the calls that it worked on, comes back by itself, and accuses nobody', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['chat-1', 'chat-2', 'chat-3']);
    const observer = await stage.observer(members);
    const load = new Load('load', clock, (key) => observer.work.for(key).run(key, 20), 32);
    await clock.pass(2);
    const frozenAt = clock.now();
    members[1].freeze();
    const removed = await clock.until(() => !observer.sees('chat-2'));
    await clock.pass(2);
    expect(load.calls.at(-1)?.outcome).toBe('ok');
    members[1].thaw();
    const back = await clock.until(() => observer.sees('chat-2'));
    const isServing = (): boolean => load.calls.at(-1)?.server === 'chat-2';
    await clock.until(isServing);
    // What it does late is done, and answered, to nobody.
    const late = load.failed.map(({ key }) => key);
    await clock.until(() => late.every((key) => executions(members).has(key)));
    await load.stop();

    expect(figure('removed after', removed)).toBeLessThan(4);
    expect(figure('back after', back)).toBeLessThan(2);
    expect(Object.keys(load.outcomes).toSorted()).toEqual(['REMOTE_LOST', 'ok']);
    expect(figure('calls lost', load.failed.length)).toBeLessThanOrEqual(32);
    expect(mostOf(load.failed.map(({ endedAt }) => endedAt - frozenAt))).toBeLessThan(4);
    expect([...executions(members).values()].every((count) => count === 1)).toBe(true);
    expect(observer.leaves.map(({ id }) => id)).toEqual(['chat-2']);
    const accused = await members[1].ask('events');
    expect(accused.filter(({ event }) => event === 'leave')).toEqual([]);
  });
});

describe('servers whose clocks are an hour wrong', () => {
  it('cost nothing', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const node = [
      '--import',
      new URL('../../../dist/cluster/processes/skewed-clock.js', import.meta.url).href,
    ];
    const hour = 3_600_000;
    const skewed = (ms: number): object => ({ node, env: { CLOCK_SKEW_MS: String(ms) } });
    const members = await Promise.all([
      stage.member('chat-1', skewed(hour)),
      stage.member('chat-2', skewed(-hour)),
      stage.member('connector-1', skewed(hour)),
    ]);
    const hours = await Promise.all(members.map(async (m) => ((await m.ask('clock')) - Date.now()) / hour));
    expect(hours.map(Math.round)).toEqual([1, -1, 1]);
    const observer = await stage.observer(members);
    const load = new Load('load', clock, (key) => observer.work.for(key).run(key, 10), 8);
    const client = await stage.client(members[2]);
    await client.request('connector.entry.enter', { uid: 'ann' });
    expect(await client.request('chat.room.run', { key: 'forwarded' })).toMatchObject({ key: 'forwarded' });
    expect(await observer.directory.isOnline('ann')).toBe(true);
    await clock.pass(5);
    await load.stop();
    expect(load.failed).toEqual([]);
    expect(new Set(load.calls.map(({ server }) => server))).toEqual(new Set(['chat-1', 'chat-2']));
    expect(figure('calls', load.calls.length)).toBeGreaterThan(100);
    expect(observer.leaves).toEqual([]);
  });
});
