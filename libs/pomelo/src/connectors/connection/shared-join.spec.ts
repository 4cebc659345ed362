import fc from 'fast-check';
import { join, joinFrames, joinInFrame, SharedJoin } from './shared-join.js';

const PACKAGES = ['', 'a', 'b', 'c'.repeat(130), 'd'.repeat(70_000)].map((text) => Buffer.from(text));
const packages = fc.array(fc.constantFrom(...PACKAGES), { minLength: 1, maxLength: 4 });

describe.each([
  ['a stream', join],
  ['frames', joinFrames],
  ['one frame', joinInFrame],
])('packages in %s', (_name, joinAnew) => {
  const sizeOf = (some: readonly Buffer[]): number => some.reduce((bytes, one) => bytes + one.length, 0);

  it('are those of this connection, whatever the one before was sent', () => {
    fc.assert(
      fc.property(fc.array(packages, { minLength: 1, maxLength: 20 }), (connections) => {
        const shared = new SharedJoin(joinAnew);
        for (const [first = Buffer.of(), ...others] of connections) {
          const rest = others.length === 0 ? undefined : others;
          const bytes = first.length + sizeOf(others);
          expect(shared.of(first, rest, bytes).equals(joinAnew(first, rest, bytes))).toBe(true);
        }
      }),
    );
  });

  it('are joined once for all connections that are sent the same', () => {
    const shared = new SharedJoin(joinAnew);
    const [, a = Buffer.of(), b = Buffer.of()] = PACKAGES;
    const made = shared.of(a, [b, a], 3);
    expect(shared.of(a, [b, a], 3)).toBe(made);
    expect(shared.of(a, [b, b], 3)).not.toBe(made);
  });

  it('are forgotten', () => {
    const shared = new SharedJoin(joinAnew);
    const [, a = Buffer.of(), b = Buffer.of()] = PACKAGES;
    const made = shared.of(a, [b], 2);
    shared.forget();
    expect(shared.of(a, [b], 2)).not.toBe(made);
  });
});
