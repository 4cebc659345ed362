import { jest } from '@jest/globals';
import { DeadlineList, type Expiring } from './deadline-list.js';

function pending(expire: () => void): Expiring {
  return { deadline: 0, previous: undefined, next: undefined, expire };
}

describe('the deadlines of requests', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('come in the order in which the requests came, each at its time', () => {
    const deadlines = new DeadlineList(100);
    const expired: number[] = [];
    for (const n of [1, 2, 3]) {
      deadlines.add(pending(() => expired.push(n)));
      jest.advanceTimersByTime(30);
    }
    jest.advanceTimersByTime(9);
    expect(expired).toEqual([]);
    jest.advanceTimersByTime(2);
    expect(expired).toEqual([1]);
    jest.advanceTimersByTime(100);
    expect(expired).toEqual([1, 2, 3]);
  });

  it('do not come for requests that were answered: the first, one in the middle, the last', () => {
    const deadlines = new DeadlineList(100);
    const expired: number[] = [];
    const requests = [0, 1, 2, 3, 4].map((n) => pending(() => expired.push(n)));
    for (const request of requests) deadlines.add(request);
    for (const n of [0, 2, 4]) deadlines.remove(requests[n] as Expiring);
    deadlines.remove(requests[2] as Expiring);
    jest.advanceTimersByTime(200);
    expect(expired).toEqual([1, 3]);
  });

  it('cost one timer, however many requests wait, and none when nobody does', () => {
    const deadlines = new DeadlineList(100);
    for (let n = 0; n < 50; n += 1) deadlines.add(pending(() => undefined));
    expect(jest.getTimerCount()).toBe(1);
    jest.advanceTimersByTime(200);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('go on when one of them fails', () => {
    const deadlines = new DeadlineList(100);
    let expired = 0;
    deadlines.add(
      pending(() => {
        throw new Error('expire');
      }),
    );
    deadlines.add(pending(() => (expired += 1)));
    expect(() => jest.advanceTimersByTime(150)).toThrow('expire');
    jest.advanceTimersByTime(150);
    expect(expired).toBe(1);
  });

  it('may be followed by new requests from within', () => {
    const deadlines = new DeadlineList(100);
    const expired: string[] = [];
    deadlines.add(
      pending(() => {
        expired.push('first');
        deadlines.add(pending(() => expired.push('second')));
      }),
    );
    jest.advanceTimersByTime(110);
    expect(expired).toEqual(['first']);
    jest.advanceTimersByTime(110);
    expect(expired).toEqual(['first', 'second']);
  });

  it('end with the server', () => {
    const deadlines = new DeadlineList(100);
    deadlines.add(pending(() => undefined));
    deadlines.stop();
    expect(jest.getTimerCount()).toBe(0);
  });
});
