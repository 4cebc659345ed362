import { assertUid } from './uid.js';

function isAccepted(uid: unknown, maxLength = 128): boolean {
  try {
    assertUid(uid, maxLength);
    return true;
  } catch {
    return false;
  }
}

describe('a uid', () => {
  it.each(['a', 'ann@example.org', '用户', '😀', ' ', '__proto__', 'x'.repeat(128)])('may be %j', (uid) => {
    expect(isAccepted(uid)).toBe(true);
  });

  it.each(['', 'a\nb', 'a\r', '\0', '\u001b[31m', '\u007f', '\u0085', '\ud83d', 'x'.repeat(129)])(
    'must not be %j',
    (uid) => {
      expect(isAccepted(uid)).toBe(false);
    },
  );

  it.each([undefined, null, 1, true, {}, [], ['ann'], Symbol('ann')])('must be text, not %p', (uid) => {
    expect(isAccepted(uid)).toBe(false);
  });

  it('is named in the error when it is text, by its type when it is not', () => {
    expect(() => assertUid('a\nb', 9)).toThrow('A uid is a string of 1 to 9 characters; got a\\u000ab.');
    expect(() => assertUid(7, 9)).toThrow('got number.');
  });
});
