import type { PomeloClient } from 'nestjs-pomelo-client';
import { ask } from '../../support/ask.js';
import type { BeatClock } from './support/beat-clock.js';
import { figure, mostOf } from './support/figure.js';
import { Load } from './support/load.js';
import { Stage } from './support/stage.js';

const WORK_MS = 500;
const LIMIT = 32;
const MOST_HEAP = 2 * 1024 * 1024;

interface Outcome {
  readonly code: number | undefined;
  readonly took: number;
}

/** Two hundred requests at once, of four clients. */
async function wave(clients: readonly PomeloClient[], clock: BeatClock, name: string): Promise<Outcome[]> {
  const requests = Array.from({ length: 200 }, async (_none, index) => {
    const startedAt = clock.now();
    const body = { key: `${name} ${index}`, ms: WORK_MS };
    const answer = await ask(clients[index % 4] as PomeloClient, 'chat.room.run', body);
    return { code: (answer as { code?: number }).code, took: clock.now() - startedAt };
  });
  return Promise.all(requests);
}

describe('a back end that is slow', () => {
  it('costs who asks it beyond its limit a refusal at once, and nobody else anything', async () => {
    const stage = await Stage.start();
    const { clock } = stage;
    const [frontend, chat] = await Promise.all([
      stage.member('connector-1', { node: ['--expose-gc'] }),
      stage.member('chat-1', { limits: { callsInFlight: LIMIT } }),
      stage.member('lobby-1'),
    ]);
    const clients = await Promise.all([1, 2, 3, 4].map(() => stage.client(frontend)));
    const bystander = await stage.client(frontend);
    for (const route of ['chat.room.run', 'lobby.desk.ping'])
      await clock.until(
        async () => (await bystander.request<{ code?: number }>(route, { key: 'first' })).code !== 503,
      );
    const load = new Load('bystander', clock, async (key) => ({ key, ...(await ping(bystander)) }), 1);
    const waves = [await wave(clients, clock, 'warm')];
    const before = await frontend.ask('heap');
    for (const name of ['first', 'second', 'third']) waves.push(await wave(clients, clock, name));
    const growth = (await frontend.ask('heap')) - before;
    await load.stop();

    for (const outcomes of waves) {
      const refused = outcomes.filter(({ code }) => code === 503);
      expect(outcomes.filter(({ code }) => code === undefined)).toHaveLength(LIMIT);
      expect(refused).toHaveLength(200 - LIMIT);
      expect(figure('refused after', mostOf(refused.map(({ took }) => took)))).toBeLessThan(1);
    }
    expect(chat.executed()).toHaveLength(waves.length * LIMIT + 1);
    expect(figure('heap grew by KiB', growth / 1024)).toBeLessThan(MOST_HEAP / 1024);
    expect(load.failed).toEqual([]);
    const slowest = mostOf(load.calls.map(({ startedAt, endedAt }) => endedAt - startedAt));
    expect(figure('slowest request of the bystander', slowest)).toBeLessThan(1);
  });
});

async function ping(client: PomeloClient): Promise<{ server: string }> {
  await client.request('lobby.desk.ping');
  await new Promise((resolve) => setTimeout(resolve, 10));
  return { server: 'lobby-1' };
}
