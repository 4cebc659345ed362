import fc from 'fast-check';
import { AnswerOrder } from './answer-order.js';

describe('answers of a mydog client', () => {
  it('leave at once when nothing older is open', () => {
    const order = new AnswerOrder();
    const id = order.expect(0);
    expect(order.settle(id, Buffer.from('a'))?.toString()).toBe('a');
  });

  it('wait for older requests of the same command, and for no other', () => {
    const order = new AnswerOrder();
    const [first, second, other] = [order.expect(0), order.expect(0), order.expect(1)];
    expect(order.settle(second, Buffer.from('b'))).toBeUndefined();
    expect(order.settle(other, Buffer.from('x'))?.toString()).toBe('x');
    expect(order.settle(first, Buffer.from('a'))?.toString()).toBe('ab');
  });

  it('may be none, which holds up nobody', () => {
    const order = new AnswerOrder();
    const [first, second] = [order.expect(0), order.expect(0)];
    expect(order.settle(second, Buffer.from('b'))).toBeUndefined();
    expect(order.settle(first, undefined)?.toString()).toBe('b');
  });

  it('come in the order of the requests, whatever the order in which they are made', () => {
    const requests = fc.array(fc.record({ cmd: fc.nat(2), rank: fc.nat() }), { maxLength: 30 });
    fc.assert(
      fc.property(requests, (given) => {
        const order = new AnswerOrder();
        const open = given.map(({ cmd, rank }, index) => ({ id: order.expect(cmd), cmd, rank, index }));
        const sent: number[] = [];
        for (const { id, index } of open.toSorted((a, b) => a.rank - b.rank))
          sent.push(...(order.settle(id, Buffer.from([index])) ?? []));
        expect(sent.toSorted((a, b) => a - b)).toEqual(given.map((_request, index) => index));
        for (const cmd of [0, 1, 2]) {
          const ofCmd = sent.filter((index) => given[index]?.cmd === cmd);
          expect(ofCmd).toEqual(ofCmd.toSorted((a, b) => a - b));
        }
      }),
    );
  });
});
