import { AddressList } from './address-list.js';

describe('a list of addresses', () => {
  it.each([
    ['10.1.2.3', true],
    ['::ffff:10.1.2.3', true],
    ['11.0.0.1', false],
    ['192.0.2.7', true],
    ['192.0.2.8', false],
    ['2001:db8::1', true],
    ['2001:db9::1', false],
    ['', false],
    ['unknown', false],
  ])('knows whether %s is in it', (address, expected) => {
    const list = new AddressList('list', ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
    expect(list.has(address)).toBe(expected);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'localhost',
    '',
    '(a+)+$',
    '2001:db8::/129',
    '1.2.3.4/x',
  ])('is refused with the entry that is wrong: %s', (entry) => {
    expect(() => new AddressList('hybrid.blacklist', [entry])).toThrow(
      `hybrid.blacklist is ${JSON.stringify(entry)}, but it must be a list of IP addresses`,
    );
  });
});
