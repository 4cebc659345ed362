import { ProtocolError } from './errors.js';

describe('ProtocolError', () => {
  it('has a code for programs and a sentence for people', () => {
    const error = new ProtocolError('ROUTE_TOO_LONG', { route: 'a', bytes: 300 });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code]).toEqual(['ProtocolError', 'ROUTE_TOO_LONG']);
    expect(error.message).toBe('Route "a" has 300 bytes as UTF-8: the limit is 255');
  });

  it.each([
    [{}, 'an object'],
    [[1], 'an array'],
    [null, 'null'],
    [undefined, 'undefined'],
    [Symbol('s'), 'Symbol(s)'],
    [10n, '10'],
    ['a\n$1', '"a\\n$1"'],
  ])('shows %p on one line, and what is in it stays in it', (value, shown) => {
    const { message } = new ProtocolError('PROTOBUF_BAD_VALUE', { route: 'r', field: 'f', type: 't', value });
    expect(message).toContain(`cannot hold ${shown}, it is`);
  });

  it('cuts long values short', () => {
    const { message } = new ProtocolError('ROUTE_TOO_LONG', { route: 'x'.repeat(10_000), bytes: 10_000 });
    expect(message.length).toBeLessThan(200);
  });
});
