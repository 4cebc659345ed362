import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { escapeBeyondBmp } from './json-escape.js';

describe('escapeBeyondBmp', () => {
  it('escapes the characters that clients cannot read as UTF-8 of four bytes, and nothing else', () => {
    expect(escapeBeyondBmp('{"é":"你好 😀"}')).toBe('{"é":"你好 \\ud83d\\ude00"}');
  });

  it('does not change what the text says', () => {
    const values = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(values, (value) => {
        const json = JSON.stringify(value);
        deepEqual(JSON.parse(escapeBeyondBmp(json)), JSON.parse(json));
      }),
    );
  });
});
