import { SessionDirectory, SessionService, type SingleSessionPolicy } from 'nestjs-pomelo';
import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from '../../support/ask.js';
import { until } from '../../support/until.js';
import { engineOf, type ContractEngine, type MakeEngine } from '../contract/contract-engine.js';
import { closeReason } from './client-ends.js';
import { acquainted, startServer, type ClusterApp } from './cluster-apps.js';

interface Stage {
  readonly engine: ContractEngine;
  readonly frontends: readonly [ClusterApp, ClusterApp];
  readonly directory: SessionDirectory;
}

async function startStage(makeEngine: MakeEngine, single: SingleSessionPolicy = false): Promise<Stage> {
  const engine = await engineOf(makeEngine);
  const frontends = [
    await startServer(engine, 'connector-1', undefined, { sessions: { single } }),
    await startServer(engine, 'connector-2', undefined, { sessions: { single } }),
  ] as const;
  const chat = await startServer(engine, 'chat-1');
  await acquainted(...frontends, chat);
  return { engine, frontends, directory: chat.app.get(SessionDirectory) };
}

const enter = (client: PomeloClient, uid: string): Promise<unknown> =>
  ask(client, 'connector.entry.enter', uid);

/** Where users are, asked from a server that has no clients. */
export function directoryBehaviour(makeEngine: MakeEngine): void {
  describe('the directory of sessions', () => {
    it('knows where every user is, until it leaves', async () => {
      const { frontends, directory } = await startStage(makeEngine);
      const ann = await frontends[0].connect();
      const bob = await frontends[1].connect();
      await Promise.all([enter(ann, 'ann'), enter(bob, 'bob')]);
      expect(await directory.whereAre(['ann', 'nobody', 'bob'])).toMatchObject([
        [{ frontendId: 'connector-1' }],
        [],
        [{ frontendId: 'connector-2' }],
      ]);
      await ann.close();
      while (await directory.isOnline('ann')) await new Promise(setImmediate);
      expect(await directory.isOnline('bob')).toBe(true);
    });

    it('gives the sessions of a user, which reach it, and kicks them all', async () => {
      const { frontends, directory } = await startStage(makeEngine);
      const clients = [await frontends[0].connect(), await frontends[1].connect()];
      for (const client of clients) await enter(client, 'ann');
      const pushes = clients.map((client) => client.once('onMail'));
      for (const session of await directory.sessionsOf('ann')) await session.send('onMail', { n: 1 });
      expect(await Promise.all(pushes)).toEqual([{ n: 1 }, { n: 1 }]);
      const ends = clients.map(closeReason);
      expect(await directory.kick('ann', 'banned')).toBe(2);
      expect(await Promise.all(ends)).toEqual(['banned', 'banned']);
      expect(await directory.kick('nobody')).toBe(0);
    });

    it('counts the clients of all servers', async () => {
      const { frontends, directory } = await startStage(makeEngine);
      await Promise.all([frontends[0].connect(), frontends[1].connect(), frontends[1].connect()]);
      await until(() => directory.count() === 3);
    });

    it('does not count a frontend that is gone', async () => {
      const { engine, frontends, directory } = await startStage(makeEngine);
      await enter(await frontends[0].connect(), 'ann');
      const [where] = await directory.whereIs('ann');
      await frontends[0].close();
      while (await directory.isOnline('ann')) await new Promise(setImmediate);
      const again = await startServer(engine, 'connector-1');
      await acquainted(again, frontends[1]);
      expect(await directory.whereIs('ann')).not.toContainEqual(where);
    });
  });

  describe('sessions.single over the cluster', () => {
    it('kickOld: a login ends the session on another server, wherever it is', async () => {
      const { frontends, directory } = await startStage(makeEngine, 'kickOld');
      const old = await frontends[0].connect();
      await enter(old, 'ann');
      const ended = closeReason(old);
      expect(await enter(await frontends[1].connect(), 'ann')).toEqual({});
      expect(await ended).toBe('replaced');
      expect(await directory.whereIs('ann')).toMatchObject([{ frontendId: 'connector-2' }]);
    });

    it('refuseNew: a login is refused while there is a session on another server', async () => {
      const { frontends, directory } = await startStage(makeEngine, 'refuseNew');
      const old = await frontends[0].connect();
      await enter(old, 'ann');
      const late = await frontends[1].connect();
      expect(await enter(late, 'ann')).toMatchObject({ code: 409 });
      expect(frontends[1].app.get(SessionService).getByUid('ann')).toEqual([]);
      await old.close();
      while (await directory.isOnline('ann')) await new Promise(setImmediate);
      expect(await enter(late, 'ann')).toEqual({});
    });

    it('leaves exactly one session when many log in at once', async () => {
      const { frontends } = await startStage(makeEngine, 'kickOld');
      const racers = await Promise.all(
        Array.from({ length: 12 }, (_none, index) => frontends[index % 2 === 0 ? 0 : 1].connect()),
      );
      const open = new Set(racers);
      for (const racer of racers) racer.events.on('close', () => open.delete(racer));
      await Promise.allSettled(racers.map((racer) => enter(racer, 'ann')));
      const sessionsOf = (): number =>
        frontends.reduce((sum, { app }) => sum + app.get(SessionService).getByUid('ann').length, 0);
      await until(() => open.size === 1 && sessionsOf() === 1);
    });
  });
}
