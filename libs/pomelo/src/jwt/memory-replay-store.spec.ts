import { MemoryReplayStore } from './memory-replay-store.js';

describe('used tokens in memory', () => {
  it('are known until nobody can use them any more', () => {
    const store = new MemoryReplayStore(10);
    expect(store.use('a', 60_000)).toBe(true);
    expect(store.use('b', 60_000)).toBe(true);
    expect(store.use('a', 60_000)).toBe(false);
  });

  it('are forgotten then, so that they take no memory', () => {
    const store = new MemoryReplayStore(10);
    for (let n = 0; n < 1_000; n += 1) expect(store.use(`over-${n}`, 0)).toBe(true);
    expect(store.use('valid', 60_000)).toBe(true);
    expect(store.size).toBe(1);
  });

  it('are never forgotten for new ones: those fail', () => {
    const store = new MemoryReplayStore(2);
    for (const id of ['a', 'b']) store.use(id, 60_000);
    expect(() => store.use('c', 60_000)).toThrow('2 used tokens are remembered already');
    expect(store.use('a', 60_000)).toBe(false);
  });
});
