import fc from 'fast-check';
import { encodePush } from '../push.js';
import type { HistoryPosition } from './history.interface.js';
import { HistoryLog } from './history-log.js';
import { answerFrom, readFrom } from './recovery.js';

const FOREVER = 2 ** 31;

function logOf(count: number, size: number): HistoryLog {
  const log = new HistoryLog();
  for (let body = 1; body <= count; body += 1)
    log.append(encodePush({ route: 'on', body, kind: 'push' }), { size, ageMs: FOREVER, bytes: Infinity });
  return log;
}

describe('what somebody gets who comes back', () => {
  it('is exactly what came since, or he is told that it is not', () => {
    fc.assert(
      fc.property(fc.nat(30), fc.integer({ min: 1, max: 20 }), fc.nat(40), (count, size, offset) => {
        const log = logOf(count, size);
        const since = { epoch: log.epoch, offset };
        const answer = answerFrom(log.read(readFrom(since)), since);
        const isKept = offset <= count && offset >= count - size;
        expect([answer.recovered, answer.epoch, answer.offset]).toEqual([isKept, log.epoch, count]);
        if (!isKept) return;
        expect(answer.messages.map((message) => message.offset)).toEqual(
          Array.from({ length: count - offset }, (_unused, index) => offset + 1 + index),
        );
        for (const message of answer.messages) expect(message.body).toBe(message.offset);
      }),
    );
  });

  it('is the last messages for somebody of another epoch, of no position, or of none that makes sense', () => {
    const log = logOf(5, 3);
    const positions: unknown[] = [
      undefined,
      { epoch: 'another', offset: 4 },
      { epoch: log.epoch, offset: -1 },
      { epoch: log.epoch, offset: 0.5 },
      { epoch: log.epoch, offset: '4' },
      { epoch: 7, offset: 4 },
      { offset: 4 },
      null,
      'text',
    ];
    for (const position of positions) {
      const answer = answerFrom(log.read(0), position as HistoryPosition);
      expect(answer.recovered).toBe(false);
      expect(answer.messages.map(({ offset, body }) => [offset, body])).toEqual([
        [3, 3],
        [4, 4],
        [5, 5],
      ]);
    }
  });

  it('begins anew with every log', () => {
    expect(logOf(0, 1).epoch).not.toBe(logOf(0, 1).epoch);
  });
});

describe('a log', () => {
  it('keeps no more bytes than it may, and forgets what is too old', () => {
    const log = new HistoryLog();
    const one = Buffer.alloc(10);
    for (let count = 0; count < 4; count += 1) log.append(one, { size: 9, ageMs: FOREVER, bytes: 29 });
    expect(log.read(0)).toMatchObject({ offset: 4, first: 3, messages: [one, one] });
    log.append(Buffer.alloc(30), { size: 9, ageMs: FOREVER, bytes: 29 });
    expect(log.read(0)).toMatchObject({ offset: 5, first: 6, messages: [] });
    log.append(one, { size: 9, ageMs: 0, bytes: 29 });
    expect(log.read(0)).toMatchObject({ offset: 6, first: 7, messages: [] });
  });
});
