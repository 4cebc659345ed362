import fc from 'fast-check';
import { WaitingPushes, type TermedPush } from './waiting-pushes.js';

const keys = fc.option(fc.constantFrom('a', 'b', 'c'), { nil: undefined });
const pushes = fc.array(fc.tuple(keys, fc.nat(99), fc.nat(50)));

function pushOf(key: string | undefined, deadline: number, size: number): TermedPush {
  const terms = { volatile: false, key, deadline };
  return { message: Buffer.alloc(size), kind: 'push', route: 'on', hint: undefined, terms };
}

describe('pushes that wait for a client', () => {
  it('are the newest of each key and all without one, in order, and say when one was replaced', () => {
    fc.assert(
      fc.property(pushes, (given) => {
        const waiting = new WaitingPushes();
        let expected: TermedPush[] = [];
        for (const push of given.map(([key, , size]) => pushOf(key, Infinity, size))) {
          const isReplaced = ({ terms }: TermedPush): boolean =>
            terms.key !== undefined && terms.key === push.terms.key;
          expect(waiting.add(push)).toBe(expected.some(isReplaced));
          expected = [...expected.filter((one) => !isReplaced(one)), push];
        }
        expect(waiting.messages()).toEqual(expected.map(({ message }) => message));
      }),
    );
  });

  it('are dropped at their deadline, and cost nothing then', () => {
    fc.assert(
      fc.property(pushes, fc.nat(100), (given, now) => {
        const [waiting, others] = [new WaitingPushes(), new WaitingPushes()];
        const all = given.map(([, deadline, size]) => pushOf(undefined, deadline, size));
        const alive = all.filter(({ terms }) => terms.deadline > now);
        for (const push of all) waiting.add(push);
        for (const push of alive) others.add(push);
        expect(waiting.dropExpired(now)).toBe(all.length - alive.length);
        expect([waiting.messages(), waiting.bytes]).toEqual([others.messages(), others.bytes]);
      }),
    );
  });

  it('cost more than their bytes, also when there are none', () => {
    const waiting = new WaitingPushes();
    for (let count = 0; count < 1_000; count += 1) waiting.add(pushOf(undefined, Infinity, 0));
    expect(waiting.bytes).toBeGreaterThan(100_000);
  });
});
