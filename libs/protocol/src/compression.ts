/** What the protocol needs of a deflate library. Given by the caller, because browsers and Node have different ones. */
export interface BodyCompression {
  /** The inflated bytes of zlib or gzip data; undefined when it is neither, or inflates to more than `maxBytes`. */
  inflate(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined;
  /** The bytes as zlib data. */
  deflate(bytes: Uint8Array): Uint8Array;
}

const ZLIB_LEAD = 0x78;
/** The second byte of zlib data, by level of compression. */
const ZLIB_LEVELS: readonly number[] = [0x01, 0x5e, 0x9c, 0xda];

/** Whether bytes begin like zlib or gzip data and go on: the rule by which libpitaya decides to inflate a handshake. */
export function isCompressed(bytes: Uint8Array): boolean {
  if (bytes.length <= 2) return false;
  const second = bytes[1] ?? 0;
  return bytes[0] === ZLIB_LEAD ? ZLIB_LEVELS.includes(second) : bytes[0] === 0x1f && second === 0x8b;
}
