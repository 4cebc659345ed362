import { SocketAddress } from 'node:net';
import { anonymousHead, type ProxyHead } from './proxy-head.js';
import { ProxyRefusal } from './proxy-refusal.js';

/** What a head of version 2 begins with: bytes that no text protocol takes for a request. */
export const V2_SIGNATURE: Uint8Array = Uint8Array.of(13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10);
/** The longest head of version 2 that is accepted, with all that it carries beside addresses. */
export const MAX_V2_BYTES = 536;

/** Signature, version and command, family, and two bytes of length. */
const FIXED_BYTES = 16;
const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;

/** Bytes of the addresses and ports of each family of streams; a family of datagrams has no business here. */
const ADDRESS_BYTES: ReadonlyMap<number, number> = new Map([
  [0x00, 0],
  [0x11, 12],
  [0x21, 36],
  [0x31, 216],
]);

/** Reads a head that begins with {@link V2_SIGNATURE}; `undefined` when its end is not there yet. */
export function readV2(bytes: Uint8Array): ProxyHead | ProxyRefusal | undefined {
  if (bytes.length < FIXED_BYTES) return undefined;
  const [versionAndCommand = 0, family = 0, high = 0, low = 0] = bytes.subarray(V2_SIGNATURE.length);
  if (versionAndCommand >> 4 !== VERSION) return ProxyRefusal.BadVersion;
  const command = versionAndCommand & 0xf;
  if (command !== LOCAL && command !== PROXY) return ProxyRefusal.BadCommand;
  // What the proxy says of itself is to be ignored, the family too.
  const addressBytes = command === LOCAL ? 0 : ADDRESS_BYTES.get(family);
  if (addressBytes === undefined) return ProxyRefusal.BadFamily;
  const declared = (high << 8) | low;
  const length = FIXED_BYTES + declared;
  if (declared < addressBytes || length > MAX_V2_BYTES) return ProxyRefusal.BadLength;
  if (bytes.length < length) return undefined;
  if (command === LOCAL) return anonymousHead(length);
  return readAddresses(family, bytes.subarray(FIXED_BYTES, length), length);
}

/** Source and destination address, then source and destination port; what follows is of no interest. */
function readAddresses(family: number, bytes: Uint8Array, length: number): ProxyHead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (family === 0x11) return { length, address: bytes.subarray(0, 4).join('.'), port: view.getUint16(8) };
  if (family === 0x21) return { length, address: ipv6(view), port: view.getUint16(32) };
  return anonymousHead(length);
}

function ipv6(view: DataView): string {
  const groups = Array.from({ length: 8 }, (_, index) => view.getUint16(2 * index).toString(16));
  return new SocketAddress({ family: 'ipv6', address: groups.join(':') }).address;
}
