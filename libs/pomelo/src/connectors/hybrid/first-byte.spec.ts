import { readFirstByte } from './first-byte.js';

describe('the first byte of a connection', () => {
  it('is a package type, a capital letter, or neither', () => {
    const all = Array.from({ length: 256 }, (_unused, byte) => readFirstByte(byte));
    expect(all.flatMap((kind, byte) => (kind === 'stream' ? [byte] : []))).toEqual([1, 2, 3, 4, 5]);
    const http = all.flatMap((kind, byte) => (kind === 'http' ? [String.fromCharCode(byte)] : []));
    expect(http.join('')).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  });
});
