import { toHex } from '../../../test/support/vectors.js';
import { encodeKick } from './kick.js';

describe('encodeKick', () => {
  it.each([
    ['kick', '050000117b22726561736f6e223a226b69636b227d'],
    ['再见', '050000137b22726561736f6e223a22e5868de8a781227d'],
  ])('writes the package that Pomelo writes for %s', (reason, hex) => {
    expect(toHex(encodeKick(reason))).toBe(hex);
  });

  it('adds extra keys behind the reason, which they cannot replace', () => {
    const bytes = encodeKick('slow consumer', { code: 4509, reason: 'x', retryAfter: 3 });
    expect(Buffer.from(bytes.subarray(4)).toString()).toBe(
      '{"reason":"slow consumer","code":4509,"retryAfter":3}',
    );
  });

  it('refuses a reason that no package can hold', () => {
    expect(() => encodeKick('x'.repeat(0x1000000))).toThrow(
      expect.objectContaining({ code: 'PACKAGE_TOO_BIG' }),
    );
  });
});
