import { audit, reportOf, type RelayEnd } from './relay-audit.js';
import { NumberedWords } from './relay-messages.js';

class End implements RelayEnd {
  readonly words = new NumberedWords();
  isBroken = false;

  get lastSent(): number {
    return this.words.lastSent;
  }
  hasHeard(sent: number): boolean {
    return this.words.isComplete(sent);
  }
  breakOff(): void {
    this.isBroken = true;
  }
}

/** Both ends of a relay, after some words of which not all came. */
function relay(sent: number, heard: number): { readonly here: End; readonly there: End } {
  const [here, there] = [new End(), new End()];
  for (let word = 0; word < sent; word += 1) there.words.next();
  for (let word = 0; word < heard; word += 1) here.words.isNext(word + 1);
  return { here, there };
}

describe('an audit of relays', () => {
  it('breaks those of which words are missing, and those that the other side does not know', () => {
    const [whole, short, unknown] = [relay(3, 3), relay(3, 2), relay(0, 0)];
    const here = new Map([
      [1, whole.here],
      [2, short.here],
      [3, unknown.here],
    ]);
    const there = new Map([
      [1, whole.there],
      [2, short.there],
      [4, new End()],
    ]);
    expect(audit(reportOf(there), here)).toEqual([4]);
    expect([...here.values()].map(({ isBroken }) => isBroken)).toEqual([false, true, true]);
  });
});
