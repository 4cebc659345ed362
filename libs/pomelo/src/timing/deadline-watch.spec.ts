import { jest } from '@jest/globals';
import { DeadlineWatch, type WatchedEntry } from './deadline-watch.js';

describe('deadlines by the clock', () => {
  let watch: DeadlineWatch;
  let expired: number[];

  beforeEach(() => {
    jest.useFakeTimers();
    watch = new DeadlineWatch();
    expired = [];
  });
  afterEach(() => {
    watch.stop();
    jest.useRealTimers();
  });

  function add(ms: number, expire = (): unknown => expired.push(ms)): WatchedEntry {
    const entry = { deadline: Date.now() + ms, place: -1, expire: () => void expire() };
    watch.add(entry);
    return entry;
  }

  it('come each at its time, whatever was added first', () => {
    for (const ms of [300, 100, 200]) add(ms);
    jest.advanceTimersByTime(99);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(2);
    expect(expired).toEqual([100]);
    jest.advanceTimersByTime(300);
    expect(expired).toEqual([100, 200, 300]);
    expect(watch.size).toBe(0);
  });

  it('cost one timer, however many there are, and none when there are none', () => {
    const entries = Array.from({ length: 50 }, (_unused, n) => add(1_000 + n));
    expect(jest.getTimerCount()).toBe(1);
    for (const entry of entries) watch.remove(entry);
    jest.advanceTimersByTime(2_000);
    expect(expired).toEqual([]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('may be further away than a timer of Node can sleep', () => {
    const month = 31 * 24 * 3_600_000;
    add(month);
    jest.advanceTimersByTime(month - 1_000);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(2_000);
    expect(expired).toEqual([month]);
  });

  it('are noticed within a minute when the clock is set forward', () => {
    add(3_600_000);
    jest.setSystemTime(Date.now() + 3_600_000);
    jest.advanceTimersByTime(60_000);
    expect(expired).toEqual([3_600_000]);
  });

  it('go on when one of them fails, and may be added again from within', () => {
    add(10, () => {
      throw new Error('expire');
    });
    add(20, () => add(30));
    expect(() => jest.advanceTimersByTime(15)).toThrow('expire');
    jest.advanceTimersByTime(100);
    expect(expired).toEqual([30]);
  });

  it('end with the server', () => {
    add(10);
    watch.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
