import { backoffDelayMs } from './reconnect.js';

const policy = { minDelayMs: 500, maxDelayMs: 30_000, maxAttempts: Infinity };

describe('the delay before an attempt to reconnect', () => {
  it('is anything up to a bound that doubles, and stops growing at the maximum', () => {
    const bounds = [1, 2, 3, 4, 7, 8, 2_000].map((attempt) => backoffDelayMs(policy, attempt, () => 1));
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000]);
  });

  it('is spread over the whole range', () => {
    expect(backoffDelayMs(policy, 3, () => 0)).toBe(0);
    expect(backoffDelayMs(policy, 3, () => 0.25)).toBe(500);
  });
});
