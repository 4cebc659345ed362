import { PendingCalls } from './pending-calls.js';

function callTo(pending: PendingCalls, server: string, batchNo: number): Promise<unknown> {
  const { callId, promise } = pending.open({ server, method: 'chat.work.run' }, 60_000);
  if (batchNo > 0) pending.written(callId, batchNo);
  return promise.catch((error: unknown) => (error as { reason: string }).reason);
}

describe('calls to a server that is gone', () => {
  it('are lost when they had left for it', async () => {
    const pending = new PendingCalls();
    const calls = [callTo(pending, 'chat-1', 1), callTo(pending, 'chat-1', 2)];
    pending.lost('chat-1');
    expect(await Promise.all(calls)).toEqual(['REMOTE_LOST', 'REMOTE_LOST']);
    expect(pending.size).toBe(0);
    pending.stop();
  });

  it('are not lost when they have not left, are for another one, or left later and come back', async () => {
    const pending = new PendingCalls();
    const lost = callTo(pending, 'chat-1', 1);
    const { lastWritten } = pending;
    const spared = [callTo(pending, 'chat-1', 0), callTo(pending, 'chat-2', 1), callTo(pending, 'chat-1', 2)];
    pending.lost('chat-1', lastWritten);
    expect(await lost).toBe('REMOTE_LOST');
    expect(pending.size).toBe(spared.length);
    pending.notDelivered('chat-1', 2);
    expect(await spared[2]).toBe('REMOTE_NOT_DELIVERED');
    pending.stop();
  });
});
