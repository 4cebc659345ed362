import fc from 'fast-check';
import { WaitingPacks } from './waiting-packs.js';

describe('packs that wait for a client', () => {
  it('are those of which not every byte has been taken', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 20 });
    fc.assert(
      fc.property(sizes, fc.nat(1000), fc.integer({ min: 1, max: 20 }), (packs, taken, most) => {
        const waiting = new WaitingPacks(most);
        for (const bytes of packs) waiting.add(bytes);
        const sent = packs.reduce((sum, bytes) => sum + bytes, 0);
        waiting.forgetTaken(Math.max(0, sent - taken));
        let end = 0;
        const left = packs.filter((bytes) => (end += bytes) > taken);
        expect(waiting.isFull).toBe(left.length >= most);
      }),
    );
  });

  it('are counted on when some have been taken', () => {
    const waiting = new WaitingPacks(2);
    waiting.add(10);
    waiting.add(10);
    expect(waiting.isFull).toBe(true);
    waiting.forgetTaken(10);
    expect(waiting.isFull).toBe(false);
    waiting.add(10);
    waiting.forgetTaken(20);
    expect(waiting.isFull).toBe(true);
    waiting.forgetTaken(0);
    expect(waiting.isFull).toBe(false);
  });
});
