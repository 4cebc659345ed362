import type { BodyCompression } from 'nestjs-pomelo-protocol';
import { deflateSync, gunzipSync, inflateSync } from 'node:zlib';

const GZIP_MAGIC = 0x1f;

/** zlib and gzip in, zlib out, as the pitaya family reads and writes. */
export const zlibCompression: BodyCompression = {
  inflate(bytes, maxBytes) {
    const inflate = bytes[0] === GZIP_MAGIC ? gunzipSync : inflateSync;
    try {
      return inflate(bytes, { maxOutputLength: maxBytes });
    } catch {
      // Not zlib, cut short, or larger than allowed: for the sender it is all the same.
      return undefined;
    }
  },
  deflate: (bytes) => deflateSync(bytes),
};
