import { PomeloAdapter, ServerRegistry } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import type { PomeloClient } from 'nestjs-pomelo-client';
import type { MemberProcess } from './cluster/processes/member-process.js';
import { figure } from './cluster/matrix/support/figure.js';
import { executions, outcomeOf } from './cluster/matrix/support/load.js';
import type { Observer } from './cluster/matrix/support/observer.js';
import { Stage } from './cluster/matrix/support/stage.js';
import { NatsServer } from './cluster/support/nats-server.js';
import { ask } from './support/ask.js';
import { startApp } from './support/pomelo-app.js';

/** A key whose calls go to this server. */
async function keyOf({ work }: Observer, server: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const key = `key ${number}`;
    if ((await work.for(key).run(`${key} is of`)).server === server) return key;
  }
}

const codeOf = async (client: PomeloClient, route: string, body?: unknown): Promise<unknown> =>
  ((await ask(client, route, body)) as { code?: number }).code;

describe('a call whose server dies', () => {
  it('is made again elsewhere when it is idempotent, and by nobody else', async () => {
    const stage = await Stage.start();
    const members = await stage.members(['chat-1', 'chat-2']);
    const observer = await stage.observer(members);
    const key = await keyOf(observer, 'chat-1');
    const again = observer.work.for(key, { idempotent: true }).run('twice is fine', 2_000);
    const once = outcomeOf(() => observer.work.for(key).run('once at most', 2_000));
    await stage.clock.until(() =>
      ['twice is fine', 'once at most'].every((work) => executions(members).has(work)),
    );
    await members[0].end('SIGKILL');
    expect(await once).toBe('REMOTE_LOST');
    expect(await again).toEqual({ key: 'twice is fine', server: 'chat-2' });
    expect(executions(members).get('twice is fine')).toBe(2);
    expect(executions(members).get('once at most')).toBe(1);
  });
});

describe('a call that a busy server refuses', () => {
  it('is not executed, there or elsewhere', async () => {
    const stage = await Stage.start();
    const members = await stage.members(['chat-1', 'chat-2'], { limits: { callsInFlight: 1 } });
    const observer = await stage.observer(members);
    const key = await keyOf(observer, 'chat-1');
    const long = observer.work.to('chat-1').run('long', 2_000);
    await stage.clock.until(() => executions(members).has('long'));
    expect(await outcomeOf(() => observer.work.for(key).run('refused'))).toBe('REMOTE_OVERLOADED');
    expect(await long).toMatchObject({ key: 'long' });
    expect(executions(members).has('refused')).toBe(false);
  });
});

describe('a message for a server that has died, and is not missed yet', () => {
  it('is taken to another one when it is a request, and lost when it is a notify', async () => {
    const stage = await Stage.start();
    const members = await stage.members(['connector-1', 'chat-1', 'chat-2']);
    const client = await stage.client(members[0]);
    const { server } = await client.request<{ server: string }>('chat.room.run', { key: 'who' });
    const dead = members.find(({ id }) => id === server) as MemberProcess;
    await dead.end('SIGKILL');
    client.notify('chat.room.run', { key: 'told' });
    const asked = await client.request('chat.room.run', { key: 'asked' });
    expect(asked).toMatchObject({ key: 'asked' });
    expect(asked).not.toMatchObject({ server });
    expect(executions(members).get('asked')).toBe(1);
    expect(executions(members).has('told')).toBe(false);
  });
});

describe('while the broker is away', () => {
  it('clients stay, nobody can log in, who is logged in stays so, and isReady says so', async () => {
    const stage = await Stage.start();
    const { clock, broker } = stage;
    const members = await stage.members(['connector-1', 'chat-1'], { single: 'kickOld' });
    const observer = await stage.observer(members);
    const [ann, bob] = [await stage.client(members[0]), await stage.client(members[0])];
    await ann.request('connector.entry.enter', { uid: 'ann' });
    expect(observer.registry.isReady).toBe(true);
    await broker.kill();
    await clock.until(() => !observer.registry.isReady);
    expect(await codeOf(bob, 'connector.entry.enter', { uid: 'bob' })).toBe(503);
    expect(await codeOf(bob, 'connector.entry.ping')).toBe(200);
    const refused = await clock.timeOf(async () =>
      expect(await codeOf(ann, 'chat.room.run', { key: 'refused' })).toBe(503),
    );
    expect(figure('refused after', refused)).toBeLessThan(3);
    expect(await members[0].ask('users')).toEqual([['ann', expect.any(String)]]);
    await broker.start();
    await clock.until(() => observer.registry.isReady);
    await clock.until(async () => (await codeOf(bob, 'connector.entry.enter', { uid: 'bob' })) === undefined);
    await clock.until(async () => (await codeOf(ann, 'chat.room.run', { key: 'answered' })) === undefined);
    expect(await observer.directory.whereAre(['ann', 'bob'])).toMatchObject([
      [{ frontendId: 'connector-1' }],
      [{ frontendId: 'connector-1' }],
    ]);
    expect(observer.leaves).toEqual([]);
  });

  it('no more than limits.clusterQueueBytes wait for it: what comes then is refused at once', async () => {
    const stage = await Stage.start();
    const member = await stage.member('chat-1');
    const limits = { clusterQueueBytes: 1024 * 1024, clusterWaitMs: 20_000 };
    const observer = await stage.observer([member], limits);
    await stage.broker.kill();
    await stage.clock.until(() => !observer.registry.isReady);
    const text = 'x'.repeat(200_000);
    const waiting = Array.from({ length: 5 }, () => outcomeOf(() => observer.work.to('chat-1').run(text)));
    const refused = await stage.clock.timeOf(async () =>
      expect(await outcomeOf(() => observer.work.to('chat-1').run(text))).toBe('REMOTE_BEHIND'),
    );
    expect(figure('refused after', refused)).toBeLessThan(1);
    await stage.broker.start();
    expect(await Promise.all(waiting)).toEqual(Array.from({ length: 5 }, () => 'ok'));
  });

  it('a server that starts serves what it hosts, is not ready, and joins when the broker comes', async () => {
    const broker = await NatsServer.prepare();
    const { app, port } = await startApp({ options: { cluster: nats({ servers: broker.url }) } });
    const readiness = async (): Promise<number> => (await fetch(`http://127.0.0.1:${port}/readyz`)).status;
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect([health.status, await readiness(), app.get(PomeloAdapter).isReady()]).toEqual([200, 503, false]);
    await broker.start();
    while ((await readiness()) !== 200) await new Promise(setImmediate);
    expect(app.get(ServerRegistry).isReady).toBe(true);
  });
});

describe('the registry', () => {
  it('sees who comes within a heartbeat, and says why somebody left', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const members = await stage.members(['chat-1', 'chat-2', 'chat-3']);
    const observer = await stage.observer(members);
    const next = await stage.load('chat-4');
    await next.start();
    expect(figure('seen after', await clock.until(() => observer.sees('chat-4')))).toBeLessThan(1);
    await members[0].end('SIGTERM');
    await clock.until(() => observer.leaves.length === 1);
    await members[1].end('SIGKILL');
    await clock.until(() => observer.leaves.length === 2);
    members[2].freeze();
    await clock.until(() => observer.leaves.length === 3);
    expect(observer.leaves).toMatchObject([
      { id: 'chat-1', why: 'bye' },
      { id: 'chat-2', why: 'probe' },
      { id: 'chat-3', why: 'timeout' },
    ]);
  });

  it('knows a server that was killed and started anew, before it was missed, as another one', async () => {
    const stage = await Stage.start();
    const limits = { clusterHeartbeatMs: 10_000 };
    const first = await stage.member('chat-1', { limits });
    const second = await stage.load('chat-1', { limits });
    const observer = await stage.observer([first], limits);
    await first.end('SIGKILL');
    await second.start();
    await stage.clock.until(() => observer.leaves.length > 0);
    expect(observer.leaves).toMatchObject([{ id: 'chat-1', why: 'replaced' }]);
    expect(await observer.work.to('chat-1').run('served')).toMatchObject({ server: 'chat-1' });
  });
});
