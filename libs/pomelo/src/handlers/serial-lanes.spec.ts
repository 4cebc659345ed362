import { jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { resolveOptions } from '../options/resolve-options.js';
import { Session } from '../sessions/session.js';
import type { SessionHome } from '../sessions/session-home.interface.js';
import { SerialLanes } from './serial-lanes.js';

const REQUEST_MS = 100;
const never = (): Promise<never> => new Promise(() => {});

function lanesFor(handler: () => unknown) {
  const lanes = new SerialLanes(resolveOptions({ limits: { requestMs: REQUEST_MS } }));
  const invoke = lanes.wrap(handler);
  return {
    lanes,
    run: (id: string): unknown => invoke(sessionOf(id), {}, { route: 'a.b.c', body: {} }, 'a.b.c'),
  };
}

function sessionOf(id: string): Session {
  // The rest of a session's home is of no concern here.
  const home = { id, load: async () => ({ uid: undefined, settings: {} }) } as unknown as SessionHome;
  return new Session(home, undefined, {});
}

describe('serial lanes', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.restoreAllMocks();
    jest.useRealTimers();
  });

  it('are kept for nobody: neither at once, nor when all have ended', async () => {
    let end = (): void => {};
    const { lanes, run } = lanesFor(() => new Promise<void>((resolve) => (end = resolve)));
    const both = [run('a'), run('a')];
    expect(lanes.size).toBe(1);
    end();
    await both[0];
    await jest.advanceTimersByTimeAsync(1);
    expect(lanes.size).toBe(1);
    end();
    await both[1];
    await jest.advanceTimersByTimeAsync(1);
    expect(lanes.size).toBe(0);
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('do not come to be for what ends at once', () => {
    const { lanes, run } = lanesFor(() => 'done');
    expect(run('a')).toBe('done');
    expect(lanes.size).toBe(0);
  });

  it('of handlers that never end are bounded: beyond 10000 the oldest is free again', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
    const { lanes, run } = lanesFor(never);
    for (let n = 0; n <= 10_000; n += 1) void run(`session ${n}`);
    expect(lanes.size).toBe(10_001);
    await jest.advanceTimersByTimeAsync(REQUEST_MS + 10);
    expect(lanes.size).toBe(10_000);
    expect(warn).toHaveBeenCalledTimes(1);
    const waiting = Promise.allSettled([run('session 1')]);
    await jest.advanceTimersByTimeAsync(REQUEST_MS + 10);
    expect(await waiting).toMatchObject([{ reason: { reason: 'REQUEST_TIMEOUT' } }]);
    void run('session 0');
    expect(lanes.size).toBe(10_001);
  });
});
