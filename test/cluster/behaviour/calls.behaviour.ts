import { until } from '../../support/until.js';
import { engineOf, type MakeEngine } from '../contract/contract-engine.js';
import { acquainted, startServer, type ClusterApp } from './cluster-apps.js';
import { Caller } from '../../support/remote-app.js';

async function startTrio(makeEngine: MakeEngine, callsInFlight = 2_048): Promise<ClusterApp[]> {
  const engine = await engineOf(makeEngine);
  const limits = { callsInFlight, drainMs: 200 };
  const servers = [
    await startServer(engine, 'connector-1', undefined, { limits }),
    await startServer(engine, 'chat-1', undefined, { limits }),
    await startServer(engine, 'chat-2', undefined, { limits }),
  ];
  await acquainted(...servers);
  return servers;
}

/** A call to another server settles, and says what is known of it. */
export function callsBehaviour(makeEngine: MakeEngine): void {
  describe('a call to another server', () => {
    it('gives its result, or the error that the remote threw', async () => {
      const [connector] = (await startTrio(makeEngine)) as [ClusterApp];
      const { chat } = connector.app.get(Caller);
      expect(await chat.to('chat-1').add('ann', 'r')).toBe('ann in r');
      expect(await chat.to('chat-2').echo(new Date(0), undefined, Buffer.from('b'))).toEqual([
        new Date(0),
        undefined,
        Buffer.from('b'),
      ]);
      await expect(chat.to('chat-1').refuse()).rejects.toMatchObject({ code: 4001, data: { size: 9 } });
      await expect(chat.to('chat-1').fail()).rejects.toMatchObject({ reason: 'REMOTE_FAILED' });
      expect([...(await chat.all().add('a', 'b')).keys()].toSorted()).toEqual(['chat-1', 'chat-2']);
    });

    it('is answered by the right server, among thousands in flight', async () => {
      const [connector] = (await startTrio(makeEngine)) as [ClusterApp];
      const { chat } = connector.app.get(Caller);
      const calls = Array.from({ length: 3_000 }, (_none, index) => index);
      const answers = await Promise.all(
        calls.map((index) => chat.to(index % 2 === 0 ? 'chat-1' : 'chat-2').later(index)),
      );
      expect(answers).toEqual(calls.map((index) => index + 1));
    });

    it('carries large arguments, and is refused when they are too large', async () => {
      const [connector] = (await startTrio(makeEngine)) as [ClusterApp];
      const { chat } = connector.app.get(Caller);
      const large = Buffer.alloc(700_000, 7);
      const [echoed] = (await chat.to('chat-1').echo(large)) as [Buffer];
      expect(large.equals(echoed)).toBe(true);
      await expect(chat.to('chat-1').echo(Buffer.alloc(20_000_000))).rejects.toMatchObject({
        reason: 'REMOTE_TOO_LARGE',
      });
    });

    it('is refused with 503 at once by a server that has too much to do', async () => {
      const [connector] = (await startTrio(makeEngine, 4)) as [ClusterApp];
      const { chat } = connector.app.get(Caller);
      const stuck = Array.from({ length: 4 }, () => chat.to('chat-1', { timeoutMs: 1_000 }).never());
      const results = Promise.allSettled(stuck);
      await expect(chat.to('chat-1').add('a', 'b')).rejects.toMatchObject({
        reason: 'REMOTE_OVERLOADED',
        code: 503,
      });
      expect(await chat.to('chat-2').add('a', 'b')).toBe('a in b');
      for (const { status } of await results) expect(status).toBe('rejected');
    });

    it('is given up by its signal', async () => {
      const [connector] = (await startTrio(makeEngine)) as [ClusterApp];
      const { chat } = connector.app.get(Caller);
      const abort = new AbortController();
      const call = chat.to('chat-1', { signal: abort.signal }).never();
      abort.abort(new Error('no longer needed'));
      await expect(call).rejects.toThrow('no longer needed');
    });

    it('is lost with 504 when its server stops, and the next one goes to another', async () => {
      const [connector, one] = (await startTrio(makeEngine)) as [ClusterApp, ClusterApp];
      const { chat } = connector.app.get(Caller);
      const lost = chat.to('chat-1').never();
      const outcome = lost.catch((error: unknown) => error);
      await chat.to('chat-1').add('a', 'b');
      await one.close();
      expect(await outcome).toMatchObject({ reason: 'REMOTE_LOST', code: 504 });
      await until(() => connector.registry.byType('chat').length === 1);
      expect(await chat.for('anybody').add('a', 'b')).toBe('a in b');
      await expect(chat.to('chat-1').add('a', 'b')).rejects.toMatchObject({
        reason: 'REMOTE_NOT_DELIVERED',
        code: 503,
      });
    });

    it('is finished by a server that drains', async () => {
      const [connector, one] = (await startTrio(makeEngine)) as [ClusterApp, ClusterApp];
      const { chat } = connector.app.get(Caller);
      const calls = Array.from({ length: 200 }, (_none, index) => chat.for(`key-${index}`).later(index));
      await one.close();
      await expect(Promise.all(calls)).resolves.toHaveLength(200);
    });
  });
}
