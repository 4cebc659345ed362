import { isPackageType, PACKAGE_HEAD_BYTES, type PackageType } from './package.js';

/** The type of a package whose first byte is at `offset`, undefined when no package begins with that byte. */
export function packageTypeAt(bytes: Uint8Array, offset: number): PackageType | undefined {
  const type = bytes[offset] ?? 0;
  return isPackageType(type) ? type : undefined;
}

/** The body length that a complete head at `offset` announces. */
export function packageBodyBytesAt(bytes: Uint8Array, offset: number): number {
  return (
    ((bytes[offset + 1] ?? 0) << 16) |
    ((bytes[offset + 2] ?? 0) << 8) |
    (bytes[offset + PACKAGE_HEAD_BYTES - 1] ?? 0)
  );
}
