import { retryAfterSeconds } from './retry-after.js';

describe('the time after which clients of a stopping server come back', () => {
  it('is nothing for a few clients', () => {
    expect(retryAfterSeconds(9, () => 0.999)).toBe(0);
  });

  it('spreads many clients, and is never longer than ten seconds', () => {
    expect(retryAfterSeconds(200, () => 0.5)).toBe(1);
    expect(retryAfterSeconds(100_000, () => 0.999)).toBe(9.9);
    const times = new Set(Array.from({ length: 1_000 }, () => retryAfterSeconds(10_000)));
    expect(times.size).toBeGreaterThan(50);
  });
});
