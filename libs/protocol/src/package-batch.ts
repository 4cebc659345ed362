import type { PackageRefusal, PackageSink } from './package-decoder.js';
import { packageBodyBytesAt, packageTypeAt } from './package-head.js';
import { PACKAGE_HEAD_BYTES } from './package.js';

/**
 * Decodes one WebSocket message: one or more whole packages, each handed out where it lies. Packages before a refused
 * one are handed out. An empty message and a package that the message cuts off are `truncated`, whatever length it
 * announces. Never throws.
 */
export function decodePackages(
  bytes: Uint8Array,
  maxBodyBytes: number,
  sink: PackageSink,
): PackageRefusal | undefined {
  let offset = 0;
  do {
    if (offset === bytes.length) return 'truncated';
    const type = packageTypeAt(bytes, offset);
    if (type === undefined) return 'bad_type';
    const bodyStart = offset + PACKAGE_HEAD_BYTES;
    if (bodyStart > bytes.length) return 'truncated';
    const bodyBytes = packageBodyBytesAt(bytes, offset);
    const end = bodyStart + bodyBytes;
    if (end > bytes.length) return 'truncated';
    if (!(bodyBytes <= maxBodyBytes)) return 'oversize';
    if (!sink.onPackage(type, bytes, bodyStart, end)) return undefined;
    offset = end;
  } while (offset < bytes.length);
  return undefined;
}
