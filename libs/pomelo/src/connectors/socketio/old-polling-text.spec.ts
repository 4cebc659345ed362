import * as fc from 'fast-check';
import { escapeBeyondAscii, OldPollingText } from './old-polling-text.js';

const anyText = fc.string({ unit: 'grapheme' });

function encodedTwice(text: string): string {
  return Buffer.from(text).toString('latin1');
}

describe('the text of an old client that polls', () => {
  it('is understood when it was encoded twice, as clients of socket.io 1 do', () => {
    const texts = fc.array(anyText);
    fc.assert(
      fc.property(texts, (sent) => {
        const reader = new OldPollingText();
        expect(sent.map((text) => reader.read(encodedTwice(text)))).toEqual(sent);
      }),
    );
  });

  it('is understood when it was not, as soon as one text shows it', () => {
    const texts = fc.array(anyText);
    fc.assert(
      fc.property(texts, (sent) => {
        const reader = new OldPollingText();
        expect(reader.read('ü')).toBe('ü');
        expect(sent.map((text) => reader.read(text))).toEqual(sent);
      }),
    );
  });

  it('keeps ids beyond 127, which are characters beyond ASCII', () => {
    const head = '\0\0\0\x80\x05';
    expect(new OldPollingText().read(head)).toBe(head);
    expect(new OldPollingText().read(encodedTwice(head))).toBe(head);
  });
});

describe('the text for an old client that polls', () => {
  it('is ASCII, and says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = escapeBeyondAscii(JSON.stringify(value));
        expect(text).toMatch(/^[\0-\x7f]*$/);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });
});
