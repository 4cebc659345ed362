import * as fc from 'fast-check';
import { signedBytes } from './message-signature.js';

const CHINESE = fc.integer({ min: 0x4e00, max: 0x9fa5 }).map((code) => String.fromCharCode(code));
const isPlain = (text: string): boolean => !/[\u4e00-\u9fa5]/.test(text);
const text = fc.string({ unit: 'binary' });

describe('the bytes that a client of Pomelo signs', () => {
  it('are UTF-8 for a text without Chinese characters', () => {
    fc.assert(
      fc.property(text.filter(isPlain), (plain) => {
        expect(signedBytes(plain)).toEqual(Buffer.from(plain));
      }),
    );
  });

  it('are UTF-8 encoded once more for a text with one, as long as nothing in it needs a surrogate pair', () => {
    fc.assert(
      fc.property(text, CHINESE, text, (before, chinese, after) => {
        const whole = (before + chinese + after).replace(/[\u{10000}-\u{10ffff}]/gu, '');
        expect(signedBytes(whole)).toEqual(Buffer.from(Buffer.from(whole).toString('latin1')));
      }),
    );
  });

  it('spell each half of a surrogate pair then', () => {
    expect(signedBytes('一😀').toString('hex')).toBe('c3a4c2b8c280c3adc2a0c2bdc3adc2b8c280');
  });
});
