import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from '../../support/ask.js';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { closeReason } from '../behaviour/client-ends.js';
import { BlackHole } from '../processes/black-hole.js';
import type { MemberProcess } from '../processes/member-process.js';
import { figure } from './support/figure.js';
import type { Observer } from './support/observer.js';
import { Stage } from './support/stage.js';

interface Scene {
  readonly stage: Stage;
  readonly hole: BlackHole;
  /** Behind the hole. */
  readonly cutOff: MemberProcess;
  readonly other: MemberProcess;
  readonly observer: Observer;
  /** A user of the frontend behind the hole. */
  readonly ann: PomeloClient;
}

async function start(): Promise<Scene> {
  const stage = await Stage.start();
  const hole = closeAfterTest(await BlackHole.before(stage.broker.port));
  const servers = [`nats://127.0.0.1:${hole.port}`];
  const [cutOff, other, chat] = await Promise.all([
    stage.member('connector-1', { servers, single: 'kickOld' }),
    stage.member('connector-2', { single: 'kickOld' }),
    stage.member('chat-1'),
  ]);
  const observer = await stage.observer([cutOff, other, chat]);
  const ann = await stage.client(cutOff);
  await ann.request('connector.entry.enter', { uid: 'ann' });
  await stage.clock.until(async () => (await code(ann, 'chat.room.run', { key: 'first' })) === undefined);
  return { stage, hole, cutOff, other, observer, ann };
}

/** The code of an error; undefined for any other answer. */
async function code(client: PomeloClient, route: string, body?: unknown): Promise<unknown> {
  return ((await ask(client, route, body)) as { code?: number }).code;
}

describe('a frontend that is cut off from the broker', () => {
  it('costs its clients what needs other servers, which is refused; they stay connected', async () => {
    const { stage, hole, observer, cutOff, ann } = await start();
    const { clock } = stage;
    const asked = clock.now();
    hole.cut();
    const onTheWay = code(ann, 'chat.room.run', { key: 'on the way' });
    await clock.until(() => !observer.sees('connector-1'));
    expect(figure('removed after', clock.now() - asked)).toBeLessThan(4);
    expect(await onTheWay).toBe(504);
    expect(figure('the request on its way failed after', clock.now() - asked)).toBeLessThan(5);
    const refused = await clock.timeOf(async () =>
      expect(await code(ann, 'chat.room.run', { key: 'refused' })).toBe(503),
    );
    expect(figure('the next one is refused after', refused)).toBeLessThan(1);
    expect(await code(ann, 'connector.entry.ping')).toBe(200);
    await clock.until(() => cutOff.log.includes('The link to the cluster (nats) is down'));
    expect(await code(ann, 'chat.room.run', { key: 'refused' })).toBe(503);

    hole.heal();
    const healed = await clock.until(() => observer.sees('connector-1'));
    expect(figure('back after', healed)).toBeLessThan(3);
    await clock.until(async () => (await code(ann, 'chat.room.run', { key: 'healed' })) === undefined);
    expect(ann.state).toBe('open');
    expect(await observer.directory.whereIs('ann')).toMatchObject([{ frontendId: 'connector-1' }]);
  });

  it.each(['is not noticed by its own link', 'makes it give up its link'])(
    'and whose user logs in elsewhere has no session of it any more when it is back, where that %s',
    async (how) => {
      const { stage, hole, observer, cutOff, other, ann } = await start();
      const { clock } = stage;
      hole.cut();
      await clock.until(() => !observer.sees('connector-1'));
      const end = closeReason(ann);
      const again = await stage.client(other);
      const login = await clock.timeOf(() => again.request('connector.entry.enter', { uid: 'ann' }));
      expect(figure('the next login takes', login)).toBeLessThan(1);
      const isGivenUp = (): boolean => cutOff.log.includes('The link to the cluster (nats) is down');
      if (how === 'makes it give up its link') await clock.until(isGivenUp);
      else expect(isGivenUp()).toBe(false);
      hole.heal();
      const healedAt = clock.now();
      expect(await end).toBe('replaced');
      expect(figure('the old session ends after', clock.now() - healedAt)).toBeLessThan(4);
      await clock.until(async () => (await cutOff.ask('users')).length === 0);
      expect(await observer.directory.whereIs('ann')).toMatchObject([{ frontendId: 'connector-2' }]);
    },
  );
});

describe('a frontend that is frozen, and whose user logs in elsewhere', () => {
  it('has no session of it any more when it goes on', async () => {
    const { stage, observer, cutOff, other, ann } = await start();
    const { clock } = stage;
    cutOff.freeze();
    await clock.until(() => !observer.sees('connector-1'));
    const end = closeReason(ann);
    await (await stage.client(other)).request('connector.entry.enter', { uid: 'ann' });
    cutOff.thaw();
    expect(await end).toBe('replaced');
    await clock.until(async () => (await cutOff.ask('users')).length === 0);
    await clock.until(() => observer.sees('connector-1'));
    expect(await observer.directory.whereIs('ann')).toMatchObject([{ frontendId: 'connector-2' }]);
  });
});
