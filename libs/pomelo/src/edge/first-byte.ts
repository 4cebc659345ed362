/** What the first byte of a connection says about it. */
export type FirstByte = 'pomelo' | 'http' | 'tls' | 'unknown';

const TLS_HANDSHAKE = 0x16;

/** Decides on the first byte alone: package types are 1 to 5, methods of HTTP are capital letters, TLS begins with a handshake record. */
export function readFirstByte(byte: number | undefined): FirstByte {
  if (byte === undefined) return 'unknown';
  if (byte >= 1 && byte <= 5) return 'pomelo';
  if (byte === TLS_HANDSHAKE) return 'tls';
  return byte >= 0x41 && byte <= 0x5a ? 'http' : 'unknown';
}
