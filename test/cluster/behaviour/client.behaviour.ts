import { ClusterClient, SessionService } from 'nestjs-pomelo';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { ChatRemote } from '../../support/remote-app.js';
import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from '../contract/contract-engine.js';
import { acquainted, startServer } from './cluster-apps.js';

/** A program beside the servers reaches users and remotes. */
export function clientBehaviour(makeEngine: MakeEngine): void {
  describe('a client of the cluster', () => {
    it('calls remotes, and reaches users by their uid', async () => {
      const engine = await engineOf(makeEngine);
      const servers = [
        await startServer(engine, 'connector-1'),
        await startServer(engine, 'chat-1'),
      ] as const;
      await acquainted(...servers);
      const client = closeAfterTest(
        await ClusterClient.connect({ cluster: engine.driver(), id: 'web-1', logger: false }),
      );
      await until(
        () => client.servers.byType('connector').length === 1 && client.servers.byType('chat').length === 1,
      );
      expect(await client.remote(ChatRemote).for('ann').add('ann', 'lobby')).toBe('ann in lobby');
      const ann = await servers[0].connect();
      await ann.request('connector.entry.enter', 'ann');
      const mail = ann.once('onMail');
      for (const session of await client.directory.sessionsOf('ann')) await session.send('onMail', 'hi');
      expect(await mail).toBe('hi');
      const news = ann.once('onNews');
      expect(await client.channels.broadcast('connector', 'onNews', 'for all')).toBe(1);
      expect(await news).toBe('for all');
      expect(await client.directory.kick('ann')).toBe(1);
      await until(() => servers[0].app.get(SessionService).getSessionsCount() === 0);
    });
  });
}
