import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { nats } from 'nestjs-pomelo/nats';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { ask } from '../../support/ask.js';
import { closeReason } from '../behaviour/client-ends.js';
import type { MemberProcess } from '../processes/member-process.js';
import { NatsServer } from '../support/nats-server.js';
import { figure, mostOf } from './support/figure.js';
import { executions, Load, type LoadCall } from './support/load.js';
import { Stage } from './support/stage.js';

async function leavesSeenBy(members: readonly MemberProcess[]): Promise<string[]> {
  const seen = await Promise.all(members.map((member) => member.ask('events')));
  return seen.flat().flatMap(({ event, id }) => (event === 'leave' ? id : []));
}

function firstAfter(calls: readonly LoadCall[], at: number): number {
  return Math.min(...calls.flatMap(({ endedAt }) => (endedAt > at ? endedAt - at : [])));
}

describe('a broker that is killed, and is back after five heartbeats', () => {
  it('costs the calls that were on their way, which end at once, and those that may not wait', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['chat-1', 'chat-2']);
    const patient = await stage.observer(members, { clusterWaitMs: 20_000 }, 'patient');
    const hasty = await stage.observer(members, { clusterWaitMs: 1 }, 'hasty');
    const waiting = new Load('waiting', clock, (key) => patient.work.for(key).run(key, 20), 64);
    const failing = new Load('failing', clock, (key) => hasty.work.for(key).run(key, 20), 8);
    await clock.pass(2);
    const killedAt = clock.now();
    await stage.broker.kill();
    await clock.pass(5);
    await stage.broker.start();
    const backAt = clock.now();
    await clock.until(() => [waiting, failing].every(({ calls }) => calls.at(-1)?.outcome === 'ok'));
    await clock.pass(1);
    await Promise.all([waiting.stop(), failing.stop()]);

    expect(waiting.outcomes).toEqual({ ok: expect.any(Number), REMOTE_LOST: 64 });
    expect(failing.outcomes).toEqual({
      ok: expect.any(Number),
      REMOTE_LOST: 8,
      REMOTE_NOT_DELIVERED: expect.any(Number),
    });
    const lost = mostOf(waiting.failed.map(({ endedAt }) => endedAt - killedAt));
    expect(figure('lost after', lost)).toBeLessThan(1);
    const refused = failing.failed.filter(({ outcome }) => outcome === 'REMOTE_NOT_DELIVERED');
    expect(figure('refused after', mostOf(refused.map(durationOf)))).toBeLessThan(1);
    expect(figure('works again after', firstAfter(waiting.succeeded, backAt))).toBeLessThan(2);
    const times = executions(members);
    expect(waiting.succeeded.concat(failing.succeeded).every(({ key }) => times.get(key) === 1)).toBe(true);
    expect(refused.some(({ key }) => times.has(key))).toBe(false);
    expect([...times.values()].every((count) => count === 1)).toBe(true);
    expect([...patient.leaves, ...hasty.leaves, ...(await leavesSeenBy(members))]).toEqual([]);
  });
});

describe('one of three brokers that is killed', () => {
  it('costs the calls that were on their way, no user, and logins while a leader is chosen', async () => {
    const brokers = await NatsServer.startCluster(3);
    // All are connected to it; of the others they hear from it.
    const stage = await Stage.start([await leaderOf(brokers)]);
    const { clock } = stage;
    const members = await stage.members(['connector-1', 'chat-1'], { replicas: 3 });
    const [frontend] = members;
    const observer = await stage.observer(members);
    const ann = await stage.client(frontend);
    expect(await ask(ann, 'connector.entry.enter', { uid: 'ann' })).toHaveProperty('session');
    const load = new Load('load', clock, (key) => observer.work.for(key).run(key, 5), 16);
    await clock.pass(1);
    await stage.broker.kill();
    const bob = await stage.client(frontend);
    const login = await clock.until(
      async () => 'session' in ((await ask(bob, 'connector.entry.enter', { uid: 'bob' })) as object),
    );
    await load.stop();

    expect(figure('no answer for', load.longestGap)).toBeLessThan(1.5);
    expect(figure('no login for', login)).toBeLessThan(33);
    expect(Object.keys(load.outcomes).toSorted()).toEqual(['REMOTE_LOST', 'ok']);
    expect(load.failed.length).toBeLessThanOrEqual(16);
    expect([...observer.leaves, ...(await leavesSeenBy(members))]).toEqual([]);
    // Its own way to the store may be back later than that of the frontend.
    const places = () => observer.directory.whereAre(['ann', 'bob']);
    await clock.until(async () =>
      places().then(
        () => true,
        () => false,
      ),
    );
    expect(await places()).toMatchObject([[{ frontendId: 'connector-1' }], [{ frontendId: 'connector-1' }]]);
  }, 60_000);
});

describe('a broker that comes back without what it had stored', () => {
  it('costs no user its place: frontends say again who is there, and a login still ends the old session', async () => {
    const stage = await Stage.start();
    const { clock, broker } = stage;
    const frontends = await stage.members(['connector-1', 'connector-2'], { single: 'kickOld' });
    const observer = await stage.observer(frontends);
    const old = await stage.client(frontends[0]);
    await old.request('connector.entry.enter', { uid: 'ann' });
    await broker.kill();
    broker.forget();
    await broker.start();
    const again = await clock.until(async () => observer.directory.isOnline('ann'));
    expect(figure('bindings are back after', again)).toBeLessThan(3);

    const end = closeReason(old);
    const next = await stage.client(frontends[1]);
    await next.request('connector.entry.enter', { uid: 'ann' });
    expect(await end).toBe('replaced');
    expect(await observer.directory.whereIs('ann')).toMatchObject([{ frontendId: 'connector-2' }]);
  });
});

describe('a broker that is frozen while a server stops', () => {
  it('does not keep the server from its end', async () => {
    const stage = await Stage.start();
    const { clock, broker } = stage;
    const frontend = await stage.member('connector-1');
    const ann = await stage.client(frontend);
    await ann.request('connector.entry.enter', { uid: 'ann' });
    broker.freeze();
    const stopped = await clock.timeOf(async () => expect(await frontend.end('SIGTERM')).toBe(0));
    broker.thaw();
    expect(figure('stopped after', stopped)).toBeLessThan(25);
  });
});

describe('a broker that is away while a user leaves', () => {
  it('does not leave behind a user who seems to be there', async () => {
    const stage = await Stage.start();
    const { clock, broker } = stage;
    const frontend = await stage.member('connector-1');
    const observer = await stage.observer([frontend]);
    const ann = await stage.client(frontend);
    await ann.request('connector.entry.enter', { uid: 'ann' });
    expect(await observer.directory.isOnline('ann')).toBe(true);
    await broker.kill();
    await ann.close();
    await clock.until(() => frontend.log.includes('The binding of "ann" was not removed'));
    await broker.start();
    const gone = await clock.until(async () => !(await observer.directory.isOnline('ann')));
    expect(figure('seems to be there for', gone)).toBeLessThan(3);
  });
});

function durationOf({ startedAt, endedAt }: LoadCall): number {
  return endedAt - startedAt;
}

/** The broker that leads the store of bindings; makes that store. */
async function leaderOf(brokers: readonly NatsServer[]): Promise<NatsServer> {
  const servers = brokers.map(({ url }) => url);
  const bindings = closeAfterTest(nats({ servers, kv: { replicas: 3 } }).createBindings());
  await bindings.open('pomelo');
  const manager = await jetstreamManager(closeAfterTest(await connect({ servers })));
  const { cluster } = await manager.streams.info('KV_pf_pomelo_bind');
  const leader = brokers.find(({ name }) => name === cluster?.leader);
  if (leader === undefined) throw new Error('nobody leads the store');
  return leader;
}
