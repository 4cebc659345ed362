import fc from 'fast-check';
import { DeadlineHeap, type HeapEntry } from './deadline-heap.js';

interface Named extends HeapEntry {
  readonly name: number;
}

function entry(deadline: number, name = 0): Named {
  return { deadline, name, place: -1 };
}

describe('deadlines of any length', () => {
  it('come in their order, however they were added, and without those that were removed', () => {
    const step = fc.record({ deadline: fc.nat(50), removed: fc.option(fc.nat(30), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const heap = new DeadlineHeap<Named>();
        const added: Named[] = [];
        const waiting = new Set<Named>();
        for (const [name, { deadline, removed }] of steps.entries()) {
          const one = entry(deadline, name);
          heap.add(one);
          added.push(one);
          waiting.add(one);
          const gone = removed === undefined ? undefined : added[removed];
          if (gone !== undefined) {
            heap.remove(gone);
            waiting.delete(gone);
          }
        }
        expect(heap.size).toBe(waiting.size);
        const expected = [...waiting].map(({ deadline }) => deadline).toSorted((a, b) => a - b);
        const came: Named[] = [];
        for (let due = heap.takeDue(50); due !== undefined; due = heap.takeDue(50)) came.push(due);
        expect(came.map(({ deadline }) => deadline)).toEqual(expected);
        expect(new Set(came)).toEqual(waiting);
      }),
    );
  });

  it('wait for their time', () => {
    const heap = new DeadlineHeap<Named>();
    heap.add(entry(10, 1));
    heap.add(entry(5, 2));
    expect(heap.takeDue(4)).toBeUndefined();
    expect(heap.takeDue(5)?.name).toBe(2);
    expect(heap.takeDue(9)).toBeUndefined();
    expect(heap.first?.name).toBe(1);
  });

  it('may be removed twice, and by whoever never added them', () => {
    const heap = new DeadlineHeap<Named>();
    const [one, stranger] = [entry(1), entry(2)];
    heap.add(one);
    heap.remove(stranger);
    heap.remove(one);
    heap.remove(one);
    expect(heap.size).toBe(0);
  });
});
