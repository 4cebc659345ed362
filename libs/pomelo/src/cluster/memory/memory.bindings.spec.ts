import type { Binding } from '../cluster-driver.interface.js';
import { MemoryBindings } from './memory.bindings.js';

const DAY_MS = 86_400_000;
const BINDING: Binding = { frontendId: 'connector-1', inc: 'inc', sessionId: '1' };

describe('bindings in memory', () => {
  it('are forgotten a day after they were last written, so that a lost one keeps nobody out', async () => {
    let now = 0;
    const store = new MemoryBindings(new Map(), () => now);
    await store.open('game');
    await store.update('ann', () => [BINDING]);
    await store.update('bob', () => [BINDING]);
    now = DAY_MS - 1;
    await store.update('ann', (held) => held);
    expect(await store.getMany(['ann', 'bob'])).toEqual([[BINDING], [BINDING]]);
    now = DAY_MS;
    expect(await store.getMany(['ann', 'bob'])).toEqual([[BINDING], []]);
    now = 2 * DAY_MS;
    expect(await store.update('ann', () => undefined)).toEqual([]);
  });
});
