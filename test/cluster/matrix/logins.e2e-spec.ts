import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from '../../support/ask.js';
import { figure } from './support/figure.js';
import { Stage } from './support/stage.js';

const USERS = 50;
const RACERS = 12;

describe('twelve logins of each user at once, over four frontends', () => {
  it('leave every user exactly one session, which is the one that the cluster knows', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const ids = ['connector-1', 'connector-2', 'connector-3', 'connector-4'] as const;
    const frontends = await stage.members(ids, { single: 'kickOld' });
    const observer = await stage.observer(frontends);
    const uids = Array.from({ length: USERS }, (_none, index) => `user ${index}`);
    const open = new Map<PomeloClient, string>();
    const outcomes = new Map<PomeloClient, unknown>();
    for (let racer = 0; racer < RACERS; racer += 1) {
      const frontend = frontends[racer % frontends.length];
      if (frontend === undefined) continue;
      for (const uid of uids) {
        const client = await stage.client(frontend);
        open.set(client, uid);
        client.events.on('close', () => open.delete(client));
      }
    }
    const logins = [...open].map(async ([client, uid]) => {
      const outcome = await ask(client, 'connector.entry.enter', { uid }).catch((error: unknown) => error);
      outcomes.set(client, outcome);
    });
    const took = await clock.timeOf(() => Promise.all(logins));
    figure('logins', outcomes.size);
    figure('all are decided after', took);
    const sessions = async (): Promise<[string, string][]> => {
      const users = await Promise.all(frontends.map((frontend) => frontend.ask('users')));
      return users.flat().map(([uid, id]) => [uid, id]);
    };
    await clock.until(() => open.size === USERS);
    await clock.until(async () => (await sessions()).length === USERS);
    expect(new Set(open.values())).toEqual(new Set(uids));
    // Who is left was told that it is in.
    for (const client of open.keys()) expect(outcomes.get(client)).toHaveProperty('session');
    const known = await observer.directory.whereAre(uids);
    const places = known.map((held, index) => [uids[index], held.map(({ sessionId }) => sessionId)] as const);
    const held = (await sessions()).map(([uid, id]) => [uid, [id]] as const);
    expect(new Map(places)).toEqual(new Map(held));
  });
});
