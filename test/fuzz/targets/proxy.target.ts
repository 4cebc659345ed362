import { isIPv4, isIPv6 } from 'node:net';
import type { Proxy } from '../library.js';
import { invariant, textBytes, type FuzzTarget } from './fuzz-target.js';
import { Surroundings } from './surroundings.js';

const MAX_BYTES = { text: 107, binary: 536 };
const LONGEST_INPUT = 560;
/** Read behind input that is complete. */
const MORE = Uint8Array.of(0x0d, 0x0a, 0x20, 0x0d, 0x0a);
const lineFeeds = new Surroundings(0x0a, LONGEST_INPUT);
const returns = new Surroundings(0x0d, LONGEST_INPUT);
const longer = new Uint8Array(LONGEST_INPUT + MORE.length);

type Outcome = ReturnType<Proxy['readProxyHead']>;

function isSame(one: Outcome, other: Outcome): boolean {
  if (one === undefined || other === undefined || !('length' in one) || !('length' in other))
    return one === other;
  return one.length === other.length && one.address === other.address && one.port === other.port;
}

/** What a head of version 1 says, by a pattern in place of a reader. */
function checkText(input: Uint8Array, address: string | undefined, length: number): void {
  const line = Buffer.from(input.subarray(0, length)).toString('latin1');
  const words = /^PROXY (TCP4|TCP6) (\S+) \S+ (0|[1-9]\d*) (?:0|[1-9]\d*)\r\n$/.exec(line);
  const isUnknown = /^PROXY UNKNOWN(?: [^]*)?\r\n$/.test(line);
  invariant(isUnknown ? address === undefined : words !== null, 'a line is as the specification says');
  if (words?.[1] === 'TCP4') invariant(address === words[2], 'the address is that of the line');
}

function check({ readProxyHead, looksLikeProxyHead }: Proxy, input: Uint8Array): void {
  const head = readProxyHead(lineFeeds.view(input));
  invariant(isSame(readProxyHead(returns.view(input)), head), 'nothing outside of the bytes counts');
  const isText = input[0] === 0x50;
  const most = isText ? MAX_BYTES.text : MAX_BYTES.binary;
  for (const end of [input.length - 1, input.length >> 1, 14, 1]) {
    if (end < 0 || end > input.length) continue;
    const early = readProxyHead(input.subarray(0, end));
    invariant(early === undefined || isSame(early, head), 'more bytes do not change a result');
  }
  if (head === undefined) {
    invariant(input.length < most, 'no more is asked for than the longest head');
    return;
  }
  longer.set(input);
  longer.set(MORE, input.length);
  const again = readProxyHead(longer.subarray(0, input.length + MORE.length));
  invariant(isSame(again, head), 'what comes behind does not count');
  if (!('length' in head)) return;
  invariant(looksLikeProxyHead(input), 'a head looks like one');
  invariant(head.length <= Math.min(input.length, most), 'a head is of bytes that are there');
  const { address, port, length } = head;
  invariant((address === undefined) === (port === undefined), 'an address has a port');
  invariant(address === undefined || isIPv4(address) || isIPv6(address), 'an address is an IP address');
  invariant(port === undefined || (Number.isInteger(port) && port >= 0 && port <= 0xffff), 'a port is one');
  if (isText) checkText(input, address, length);
}

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const ADDRESSES = 'c0000201c0000202fde801bb';
const ADDRESSES6 = `20010db8${'00'.repeat(11)}01`.repeat(2) + 'fde801bb';
const HEADS = [
  `2111000c${ADDRESSES}`,
  `21210024${ADDRESSES6}`,
  '20000000',
  `21110013${ADDRESSES}04000401020304`,
];

/** Heads of the PROXY protocol, version 1 and 2. */
export const proxyTarget: FuzzTarget = {
  name: 'proxy',
  maxBytes: LONGEST_INPUT,
  seeds: [
    ...textBytes(
      'PROXY TCP4 192.0.2.1 192.0.2.2 65000 443\r\nGET / HTTP/1.1\r\n',
      'PROXY TCP6 2001:db8::1 ::ffff:1.2.3.4 0 65535\r\n',
      'PROXY UNKNOWN\r\n',
      'PROXY UNKNOWN ::1 ::1 1 2\r\n',
    ),
    ...HEADS.map((hex) => Uint8Array.from(Buffer.from(SIGNATURE + hex, 'hex'))),
  ],
  tokens: [
    ...textBytes('PROXY ', 'TCP4 ', 'TCP6 ', 'UNKNOWN', '\r\n', '\r', ' ', '::', '1.2.3.4', '65536', '%eth0'),
    ...[SIGNATURE, '2131', '00d8', '0208', '0209', ADDRESSES].map((hex) => Buffer.from(hex, 'hex')),
  ],
  prepare:
    ({ proxy }) =>
    (input) =>
      check(proxy, input),
};
