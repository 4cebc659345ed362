import { memory } from 'nestjs-pomelo';
import { Caller } from '../support/remote-app.js';
import { acquainted, startServer, type ClusterApp } from './behaviour/cluster-apps.js';

async function startPair(limits: { callsInFlight?: number; drainMs?: number }): Promise<ClusterApp[]> {
  const driver = memory();
  const engine = { driver: () => driver, close: async () => {} };
  const pair = [
    await startServer(engine, 'chat-1', undefined, { limits }),
    await startServer(engine, 'chat-2', undefined, { limits }),
  ];
  await acquainted(...pair);
  return pair;
}

it('limits.callsInFlight calls are worked on at once, and not one more', async () => {
  const [asker] = (await startPair({ callsInFlight: 3, drainMs: 100 })) as [ClusterApp];
  const { chat } = asker.app.get(Caller);
  const calls = Array.from({ length: 5 }, () => chat.to('chat-2', { timeoutMs: 500 }).never());
  const outcomes = await Promise.allSettled(calls);
  const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason as { reason: string });
  expect(reasons.map(({ reason }) => reason)).toEqual([
    ...Array.from({ length: 3 }, () => 'REMOTE_TIMEOUT'),
    ...Array.from({ length: 2 }, () => 'REMOTE_OVERLOADED'),
  ]);
});

it('limits.drainMs bounds the wait for calls that do not end', async () => {
  const [asker, stuck] = (await startPair({ drainMs: 100 })) as [ClusterApp, ClusterApp];
  const { chat } = asker.app.get(Caller);
  const outcome = chat
    .to('chat-2')
    .never()
    .catch((error: unknown) => error);
  await chat.to('chat-2').add('a', 'b');
  await stuck.close();
  expect(await outcome).toMatchObject({ reason: 'REMOTE_LOST' });
});
