import { jest } from '@jest/globals';
import { Heartbeat, heartbeatIntervalMs } from './heartbeat.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

function started(): { heartbeat: Heartbeat; beats: () => number; silences: number[] } {
  let beats = 0;
  const silences: number[] = [];
  const heartbeat = new Heartbeat(
    3_000,
    () => beats++,
    (silentMs) => silences.push(silentMs),
  );
  return { heartbeat, beats: () => beats, silences };
}

describe('a heartbeat', () => {
  it('beats every interval', () => {
    const { heartbeat, beats } = started();
    jest.advanceTimersByTime(2_999);
    expect(beats()).toBe(0);
    jest.advanceTimersByTime(1);
    expect(beats()).toBe(1);
    heartbeat.stop();
  });

  it('gives up once, 100 ms after two intervals without a package, and stops', () => {
    const { beats, silences } = started();
    jest.advanceTimersByTime(6_099);
    expect(silences).toEqual([]);
    jest.advanceTimersByTime(60_000);
    expect(silences).toEqual([6_100]);
    expect(beats()).toBe(2);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('counts from the last package, whenever it came', () => {
    const { heartbeat, silences } = started();
    jest.advanceTimersByTime(5_000);
    heartbeat.seen();
    jest.advanceTimersByTime(6_099);
    expect(silences).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(silences).toEqual([6_100]);
  });

  it('goes on when a package is read late, because the process was busy', () => {
    const { heartbeat, silences } = started();
    jest.advanceTimersByTime(6_050);
    heartbeat.seen();
    jest.advanceTimersByTime(6_000);
    expect(silences).toEqual([]);
    heartbeat.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});

describe('the interval that a handshake announces', () => {
  it.each([
    [3, 3_000],
    [0.5, 500],
    [1e-9, 10],
    [0, undefined],
    [-1, undefined],
    [NaN, undefined],
    ['3', undefined],
    [undefined, undefined],
  ])('%p means %p ms', (seconds, expected) => {
    expect(heartbeatIntervalMs(seconds)).toBe(expected);
  });
});
