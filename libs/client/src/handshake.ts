import {
  encodePackage,
  HandshakeCode,
  isCompressed,
  PackageType,
  utf8Encode,
  type ResumeRequest,
} from 'nestjs-pomelo-protocol';
import { PomeloClientError } from './errors.js';
import { inflate, malformed, readJson, type BodyLimits } from './json-body.js';
import { isRecord } from './record.js';
import type { StoredVersions } from './vocabulary.js';

/** The parts of a successful reply. */
export interface HandshakeReply {
  readonly sys: Readonly<Record<string, unknown>>;
  /** The application's own part. */
  readonly user: unknown;
}

/** Who a client says it is. */
export interface ClientIdentity {
  readonly type: string;
  readonly version: string;
}

/** The handshake package of a client (Pomelo 2.2.7); throws a TypeError when `user` is not JSON. */
export function encodeHandshake(
  { type, version }: ClientIdentity,
  stored: StoredVersions & { readonly resume?: ResumeRequest },
  user: unknown,
): Uint8Array {
  const request = { sys: { type, version, ...stored }, user: user ?? {} };
  return encodePackage(PackageType.Handshake, utf8Encode(JSON.stringify(request)));
}

/** Reads a reply. Throws `HANDSHAKE_REFUSED` for a code other than 200, `PROTOCOL` for what is no reply. */
export function readHandshakeReply(bytes: Uint8Array, limits: BodyLimits): HandshakeReply {
  const body = readJson(isCompressed(bytes) ? inflate(bytes, limits) : bytes, limits);
  if (!isRecord(body) || typeof body['code'] !== 'number') throw malformed('a handshake without a code');
  const { code: status, sys, user } = body;
  if (status !== HandshakeCode.Ok) {
    throw new PomeloClientError('HANDSHAKE_REFUSED', { detail: `code ${status}`, status, body });
  }
  return { sys: isRecord(sys) ? sys : {}, user };
}
