import { isIPv4, isIPv6 } from 'node:net';

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** The address without the IPv6 form in which a dual-stack listener shows IPv4 addresses. */
export function plainAddress(address: string): string {
  return MAPPED_IPV4.exec(address)?.[1] ?? address;
}

/** 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  // A host name may begin with the same letters.
  return plain === '::1' || (isIPv4(plain) && plain.startsWith('127.'));
}

/** Under which name connections of an address are counted: the address, or the /64 of IPv6, which one subscriber has for itself. */
export function quotaKey(address: string): string {
  const plain = plainAddress(address);
  return isIPv6(plain) ? prefix64(plain) : plain;
}

function prefix64(address: string): string {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
