import { PendingRequests } from './pending-requests.js';

const options = { timeoutMs: 60_000, signal: undefined, errors: 'throw' } as const;

describe('request ids', () => {
  it('begin again at 1 after 2^31-1, the last that Pomelo can take, and pass over those in flight', async () => {
    const pending = new PendingRequests(2 ** 31 - 2);
    const stillWaiting = pending.add(1, 'a.b.c', options);
    expect([pending.nextId(), pending.nextId(), pending.nextId()]).toEqual([2 ** 31 - 1, 2, 3]);
    pending.get(1)?.resolve('done');
    expect(await stillWaiting).toBe('done');
    expect(pending.get(1)).toBeUndefined();
  });
});
