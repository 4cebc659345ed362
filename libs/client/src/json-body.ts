import { JsonRefusal, parseJson, type BodyCompression, type JsonLimits } from 'nestjs-pomelo-protocol';
import { PomeloClientError } from './errors.js';

/** Deep enough for every honest body, shallow enough to walk. */
const MAX_JSON_DEPTH = 512;

/** What a body from a server may cost and how it is inflated. */
export interface BodyLimits {
  /** Bytes of a package body, and of an inflated body. */
  readonly maxPackageBytes: number;
  readonly compression: BodyCompression | undefined;
}

/** The limits of one JSON value. */
export function jsonLimits({ maxPackageBytes }: BodyLimits): JsonLimits {
  return { maxBytes: maxPackageBytes, maxDepth: MAX_JSON_DEPTH };
}

/** The JSON value of a body; an empty one is undefined. Throws `PROTOCOL` for anything else. */
export function readJson(bytes: Uint8Array, limits: BodyLimits): unknown {
  const value = parseJson(bytes, 0, bytes.length, jsonLimits(limits));
  if (value === JsonRefusal.Empty) return undefined;
  if (value instanceof JsonRefusal) throw malformed(`JSON, ${value.reason}`);
  return value;
}

/** A deflated body, inflated. Throws `PROTOCOL` when that cannot be done. */
export function inflate(bytes: Uint8Array, { compression, maxPackageBytes }: BodyLimits): Uint8Array {
  if (compression === undefined)
    throw malformed('a compressed body, which the option `compression` would read');
  const inflated = compression.inflate(bytes, maxPackageBytes);
  if (inflated === undefined) throw malformed('a compressed body, broken or too large');
  return inflated;
}

/** The error that ends a connection whose server breaks the protocol. */
export function malformed(detail: string): PomeloClientError {
  return new PomeloClientError('PROTOCOL', { detail });
}
