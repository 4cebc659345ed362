/** What the first byte of a connection says about it. */
export type FirstByte = 'stream' | 'http' | 'unknown';

/** Methods of HTTP are capital letters. */
export function beginsLikeHttp(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
