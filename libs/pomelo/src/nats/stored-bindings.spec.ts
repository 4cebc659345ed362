import fc from 'fast-check';
import { areSame, decodeBindings, encodeBindings, unionOf } from './stored-bindings.js';

const binding = fc.record({ frontendId: fc.string(), inc: fc.string(), sessionId: fc.string() });
const bindings = fc.array(binding, { maxLength: 4 });

describe('bindings in the store', () => {
  it('are read as they were written', () => {
    fc.assert(fc.property(bindings, (list) => expect(decodeBindings(encodeBindings(list))).toEqual(list)));
  });

  it('are none when somebody else wrote there', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        for (const found of decodeBindings(text))
          expect(Object.values(found).map((part) => typeof part)).toEqual(['string', 'string', 'string']);
      }),
    );
    expect(decodeBindings('[["a","b"],["a","b",3],{}]')).toEqual([]);
  });

  it('join without losing one and without one twice', () => {
    fc.assert(
      fc.property(bindings, bindings, (one, other) => {
        const both = unionOf(one, other);
        for (const each of [...one, ...other]) expect(both).toContainEqual(each);
        expect(unionOf(both, other)).toEqual(both);
        expect(areSame(both, both)).toBe(true);
      }),
    );
  });
});
