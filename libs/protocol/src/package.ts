import { allocateBytes } from './bytes.js';
import { ProtocolError } from './errors.js';

/** What a package is for; the first of its bytes (Pomelo 2.2.7). */
export const PackageType = { Handshake: 1, HandshakeAck: 2, Heartbeat: 3, Data: 4, Kick: 5 } as const;
/** One of the five package types. */
export type PackageType = (typeof PackageType)[keyof typeof PackageType];

/** Bytes before the body of a package: its type, then its length as 24 bits, high byte first. */
export const PACKAGE_HEAD_BYTES = 4;
/** The longest body that 24 bits can announce. */
export const MAX_PACKAGE_BODY_BYTES = 0xffffff;

/** Whether a byte is one of the five package types. */
export function isPackageType(type: number): type is PackageType {
  return type >= PackageType.Handshake && type <= PackageType.Kick;
}

/**
 * Writes the four bytes before a body of `bodyBytes` bytes.
 * @throws ProtocolError BAD_PACKAGE_TYPE, and PACKAGE_TOO_BIG where Pomelo 2.2.7 lets the length wrap around.
 */
export function writePackageHead(
  target: Uint8Array,
  offset: number,
  type: PackageType,
  bodyBytes: number,
): void {
  if (!isPackageType(type) || !Number.isInteger(type)) throw new ProtocolError('BAD_PACKAGE_TYPE', { type });
  checkBodyBytes(bodyBytes);
  target[offset] = type;
  target[offset + 1] = bodyBytes >> 16;
  target[offset + 2] = bodyBytes >> 8;
  target[offset + 3] = bodyBytes;
}

/**
 * A whole package, in memory of its own.
 * @throws ProtocolError BAD_PACKAGE_TYPE, PACKAGE_TOO_BIG.
 */
export function encodePackage(type: PackageType, body?: Uint8Array): Uint8Array {
  const bodyBytes = body === undefined ? 0 : body.length;
  checkBodyBytes(bodyBytes);
  const bytes = allocateBytes(PACKAGE_HEAD_BYTES + bodyBytes);
  writePackageHead(bytes, 0, type, bodyBytes);
  if (body !== undefined) bytes.set(body, PACKAGE_HEAD_BYTES);
  return bytes;
}

function checkBodyBytes(bytes: number): void {
  if (bytes > MAX_PACKAGE_BODY_BYTES) throw new ProtocolError('PACKAGE_TOO_BIG', { bytes });
}

/** The heartbeat package, the same in both directions; shared, so nobody may write to it. */
export const HEARTBEAT_PACKAGE: Uint8Array = encodePackage(PackageType.Heartbeat);
/** The client's answer to a good handshake reply; shared, so nobody may write to it. */
export const HANDSHAKE_ACK_PACKAGE: Uint8Array = encodePackage(PackageType.HandshakeAck);
