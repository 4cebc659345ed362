import { deepEqual, ok } from 'node:assert/strict';
import { SocketAddress } from 'node:net';
import * as fc from 'fast-check';
import { looksLikeProxyHead, readProxyHead } from './proxy-protocol.js';
import { ProxyRefusal } from './proxy-refusal.js';
import { MAX_V1_BYTES } from './proxy-v1.js';
import { MAX_V2_BYTES, V2_SIGNATURE } from './proxy-v2.js';

const text = (line: string): Uint8Array => new TextEncoder().encode(line);

/** A head of version 2; addresses are hex, `more` is counted and zero. */
function v2(versionAndCommand: number, family: number, addresses = '', more = 0): Uint8Array {
  const body = Buffer.concat([Buffer.from(addresses, 'hex'), Buffer.alloc(more)]);
  return Uint8Array.from([
    ...V2_SIGNATURE,
    versionAndCommand,
    family,
    body.length >> 8,
    body.length,
    ...body,
  ]);
}

const IPV4_ADDRESSES = 'c0000201c0000202fde801bb';
const IPV6_ADDRESSES = '20010db8000000000000000000000001'.repeat(2) + 'fde801bb';

const port = fc.nat(0xffff);

const line = fc
  .tuple(fc.boolean(), fc.ipV4(), fc.ipV6(), port, port)
  .map(([isFour, four, six, from, to]) => ({
    bytes: text(`PROXY ${isFour ? `TCP4 ${four} ${four}` : `TCP6 ${six} ${six}`} ${from} ${to}\r\n`),
    address: isFour ? four : new SocketAddress({ family: 'ipv6', address: six }).address,
    port: from,
  }))
  // Some spellings of IPv6 addresses are longer than any that a proxy writes.
  .filter(({ bytes }) => bytes.length <= MAX_V1_BYTES);

const binary = fc
  .tuple(
    fc.uint8Array({ minLength: 4, maxLength: 4 }),
    fc.uint8Array({ minLength: 16, maxLength: 16 }),
    port,
    fc.boolean(),
    fc.nat(MAX_V2_BYTES - 16 - 36),
  )
  .map(([four, six, from, isFour, more]) => {
    const hex = Buffer.from(isFour ? four : six).toString('hex');
    const groups = hex.match(/..../g)?.join(':') ?? '';
    const ports = from.toString(16).padStart(4, '0').repeat(2);
    return {
      bytes: v2(0x21, isFour ? 0x11 : 0x21, hex + hex + ports, more),
      address: isFour ? four.join('.') : new SocketAddress({ family: 'ipv6', address: groups }).address,
      port: from,
    };
  });

const head = fc.oneof(line, binary);
/** Bytes that are nearly a head: of pieces of both versions, or a head with changes. */
const nearly = fc.oneof(
  fc
    .array(
      fc.constantFrom('PROXY ', 'TCP4 ', 'TCP6 ', 'UNKNOWN', '1.2.3.4 ', '::1 ', '99999', '0 ', '\r', '\r\n'),
    )
    .map((parts) => text(parts.join(''))),
  fc.uint8Array({ maxLength: 600 }),
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Uint8Array.from([...V2_SIGNATURE, ...bytes])),
  fc.tuple(head, fc.nat(120), fc.nat(255)).map(([{ bytes }, at, byte]) => {
    const changed = Uint8Array.from(bytes);
    changed[at % changed.length] = byte;
    return changed;
  }),
);

describe('readProxyHead', () => {
  it('gives the client of every legal head, and where its bytes begin', () => {
    fc.assert(
      fc.property(head, fc.uint8Array(), ({ bytes, address, port: expected }, rest) => {
        const read = readProxyHead(Uint8Array.from([...bytes, ...rest]));
        deepEqual(read, { length: bytes.length, address, port: expected });
      }),
    );
  });

  it('gives the same result however the bytes arrive', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          head.map(({ bytes }) => bytes),
          nearly,
        ),
        (bytes) => {
          const results = Array.from(bytes.keys(), (end) => readProxyHead(bytes.subarray(0, end)));
          const early = results.filter((result) => result !== undefined);
          deepEqual(
            early,
            early.map(() => readProxyHead(bytes)),
          );
        },
      ),
    );
  });

  it('never throws, and never asks for more than the longest head', () => {
    fc.assert(
      fc.property(nearly, (bytes) => {
        const read = readProxyHead(bytes);
        const longest = bytes[0] === V2_SIGNATURE[0] ? MAX_V2_BYTES : MAX_V1_BYTES;
        ok(read !== undefined || bytes.length < longest);
        const length = read === undefined || read instanceof ProxyRefusal ? 0 : read.length;
        ok(length <= bytes.length);
      }),
    );
  });

  it.each([
    ['version 1', text('PROXY TCP6 2001:DB8:0::1 ::1 65000 443\r\n')],
    ['version 2', v2(0x21, 0x21, IPV6_ADDRESSES)],
  ])('writes an IPv6 address as Node does: %s', (_name, bytes) => {
    expect(readProxyHead(bytes)).toMatchObject({ address: '2001:db8::1', port: 65_000 });
  });

  it.each([
    ['UNKNOWN', text('PROXY UNKNOWN\r\n')],
    ['UNKNOWN with what is to be ignored', text('PROXY UNKNOWN ffff::1 whatever 99999\r\n')],
    ['LOCAL', v2(0x20, 0x00)],
    ['LOCAL with what is to be ignored', v2(0x20, 0x99, IPV4_ADDRESSES, 3)],
    ['an unspecified family', v2(0x21, 0x00, '', 5)],
    ['a Unix socket', v2(0x21, 0x31, '', 216)],
  ])('leaves the address of the connection: %s', (_name, bytes) => {
    expect(readProxyHead(bytes)).toEqual({ length: bytes.length, address: undefined, port: undefined });
  });

  it.each([
    ['the longest line', text('PROXY UNKNOWN '.padEnd(MAX_V1_BYTES - 2, 'x') + '\r\n')],
    ['the longest head', v2(0x21, 0x11, IPV4_ADDRESSES, MAX_V2_BYTES - 16 - 12)],
  ])('accepts %s', (_name, bytes) => {
    expect(readProxyHead(bytes)).toMatchObject({ length: bytes.length });
  });

  it.each([
    ['another word', 'bad_signature', text('PROXI')],
    ['a request', 'bad_signature', text('POST / HTTP/1.1\r\n')],
    ['a package', 'bad_signature', Uint8Array.of(1, 0, 0, 0)],
    ['a broken signature', 'bad_signature', Uint8Array.of(13, 10, 13, 10, 1)],
    ['a line without an end', 'bad_line', text('PROXY UNKNOWN '.padEnd(MAX_V1_BYTES, 'x'))],
    ['a line one too long', 'bad_line', text('PROXY UNKNOWN '.padEnd(MAX_V1_BYTES - 1, 'x') + '\r\n')],
    ['no family', 'bad_line', text('PROXY \r\n')],
    ['a family in small letters', 'bad_line', text('PROXY tcp4 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['two spaces', 'bad_line', text('PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n')],
    ['a space at the end', 'bad_line', text('PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n')],
    ['a word missing', 'bad_line', text('PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n')],
    ['no address', 'bad_address', text('PROXY TCP4 999.2.3.4 1.2.3.4 1 2\r\n')],
    ['leading zeros', 'bad_address', text('PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n')],
    ['a destination that is none', 'bad_address', text('PROXY TCP4 1.2.3.4 1.2.3 1 2\r\n')],
    ['the other family', 'bad_address', text('PROXY TCP4 ::1 ::1 1 2\r\n')],
    ['the other family', 'bad_address', text('PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n')],
    ['an address with a zone', 'bad_address', text('PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n')],
    ['port 65536', 'bad_port', text('PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n')],
    ['port 65536 of the destination', 'bad_port', text('PROXY TCP4 1.2.3.4 1.2.3.4 1 65536\r\n')],
    ['a port with a leading zero', 'bad_port', text('PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n')],
    ['a port with a sign', 'bad_port', text('PROXY TCP4 1.2.3.4 1.2.3.4 +1 2\r\n')],
    ['a port and a line feed alone', 'bad_port', text('PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n\r\n')],
    ['version 1 in binary', 'bad_version', v2(0x11, 0x11, IPV4_ADDRESSES)],
    ['version 3', 'bad_version', v2(0x31, 0x11, IPV4_ADDRESSES)],
    ['another command', 'bad_command', v2(0x22, 0x11, IPV4_ADDRESSES)],
    ['datagrams', 'bad_family', v2(0x21, 0x12, IPV4_ADDRESSES)],
    ['IPv6 datagrams', 'bad_family', v2(0x21, 0x22, IPV6_ADDRESSES)],
    ['Unix datagrams', 'bad_family', v2(0x21, 0x32, '', 216)],
    ['an unknown family', 'bad_family', v2(0x21, 0x41, '', 216)],
    ['half an IPv4 block', 'bad_length', v2(0x21, 0x11, IPV4_ADDRESSES.slice(2))],
    ['half an IPv6 block', 'bad_length', v2(0x21, 0x21, IPV6_ADDRESSES.slice(2))],
    ['half a Unix block', 'bad_length', v2(0x21, 0x31, '', 215)],
    ['more than the longest head', 'bad_length', v2(0x21, 0x11, IPV4_ADDRESSES, MAX_V2_BYTES - 27)],
    ['more than the longest head of the proxy', 'bad_length', v2(0x20, 0x00, '', MAX_V2_BYTES - 15)],
  ])('refuses %s as %s', (_name, reason, bytes) => {
    expect(readProxyHead(bytes)).toEqual(expect.objectContaining({ reason }));
  });
});

describe('looksLikeProxyHead', () => {
  it.each([
    [true, text('PROXY ')],
    [true, text('PROXY TCP4 nonsense')],
    [true, V2_SIGNATURE],
    [true, v2(0x99, 0x99)],
    [false, text('')],
    [false, text('PROXY')],
    [false, text('PROXYING / HTTP/1.1')],
    [false, V2_SIGNATURE.subarray(0, 11)],
    [false, Uint8Array.of(1, 0, 0, 2)],
  ])('says %s for %p', (expected, bytes) => {
    expect(looksLikeProxyHead(bytes)).toBe(expected);
  });
});
