import { deepEqual, equal, ok } from 'node:assert/strict';
import * as fc from 'fast-check';
import { MessageLog } from './message-log.js';

const steps = fc.array(
  fc.oneof(fc.record({ add: fc.integer({ min: 1, max: 40 }) }), fc.record({ acknowledge: fc.nat(60) })),
  { maxLength: 60 },
);

describe('a log of messages', () => {
  it('gives back exactly what came after a number, or says that it cannot', () => {
    fc.assert(
      fc.property(steps, fc.nat(70), (actions, received) => {
        const log = new MessageLog({ messages: 8, bytes: 100 });
        const all: Uint8Array[] = [];
        for (const action of actions) {
          if ('acknowledge' in action) log.acknowledge(action.acknowledge);
          else {
            const message = new Uint8Array(action.add).fill(all.length);
            all.push(message);
            log.add(message);
          }
        }
        equal(log.total, all.length);
        const missing = log.after(received);
        equal(missing !== undefined, log.covers(received));
        if (missing === undefined) ok(received > all.length || received < log.dropped);
        else deepEqual(missing, all.slice(received));
      }),
    );
  });

  it('keeps no more messages and bytes than it may', () => {
    const log = new MessageLog({ messages: 3, bytes: 10 });
    for (let index = 0; index < 5; index += 1) log.add(new Uint8Array(2));
    expect(log.dropped).toBe(2);
    log.add(new Uint8Array(7));
    expect(log.dropped).toBe(4);
    log.add(new Uint8Array(11));
    expect(log.dropped).toBe(7);
    expect(log.covers(6)).toBe(false);
    expect(log.covers(7)).toBe(true);
  });
});
