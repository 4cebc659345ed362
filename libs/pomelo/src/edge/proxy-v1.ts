import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { anonymousHead, type ProxyHead } from './proxy-head.js';
import { ProxyRefusal } from './proxy-refusal.js';

/** The longest line of version 1, with its end. */
export const MAX_V1_BYTES = 107;

const CR = 0x0d;
const LF = 0x0a;
const PORT = /^(?:0|[1-9]\d{0,4})$/;

/** Reads a head that begins with `PROXY `; `undefined` when its end is not there yet. */
export function readV1(bytes: Uint8Array): ProxyHead | ProxyRefusal | undefined {
  const end = endOfLine(bytes);
  if (end === -1) return bytes.length < MAX_V1_BYTES ? undefined : ProxyRefusal.BadLine;
  const [, family, ...words] = String.fromCharCode(...bytes.subarray(0, end)).split(' ');
  const length = end + 2;
  // Whatever follows the word is to be ignored.
  if (family === 'UNKNOWN') return anonymousHead(length);
  const [source, destination, sourcePort, destinationPort] = words;
  if ((family !== 'TCP4' && family !== 'TCP6') || words.length !== 4) return ProxyRefusal.BadLine;
  const address = addressOf(family, source);
  if (address === undefined || addressOf(family, destination) === undefined) return ProxyRefusal.BadAddress;
  const port = portOf(sourcePort);
  if (port === undefined || portOf(destinationPort) === undefined) return ProxyRefusal.BadPort;
  return { length, address, port };
}

/** Where the first CR LF begins that a line of legal length can have; -1 when there is none. */
function endOfLine(bytes: Uint8Array): number {
  const last = Math.min(bytes.length, MAX_V1_BYTES) - 1;
  for (let at = 0; at < last; at += 1) if (bytes[at] === CR && bytes[at + 1] === LF) return at;
  return -1;
}

function addressOf(family: 'TCP4' | 'TCP6', text = ''): string | undefined {
  if (family === 'TCP4') return isIPv4(text) ? text : undefined;
  // A zone names an interface of the proxy's machine, and no client.
  if (!isIPv6(text) || text.includes('%')) return undefined;
  return new SocketAddress({ family: 'ipv6', address: text }).address;
}

function portOf(text = ''): number | undefined {
  if (!PORT.test(text)) return undefined;
  const port = Number(text);
  return port <= 0xffff ? port : undefined;
}
