import type { HandshakeRequest, HandshakeRequestSys, HandshakeRequestSysFields } from './handshake.js';
import { JsonRefusal } from './json-refusal.js';
import { parseJson, type JsonLimits } from './json-guard.js';
import { isRecord } from './protobuf/plain-record.js';

/**
 * The handshake request that is bytes[start, end), or why it is none. As in Pomelo 2.2.7 the body is an object whose
 * `sys` is truthy; a `sys` that is no object, as in the legal `{"sys":1}`, is given as an empty one. Never throws.
 */
export function readHandshakeRequest(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: JsonLimits,
): HandshakeRequest | JsonRefusal {
  const value = parseJson(bytes, start, end, limits);
  if (value instanceof JsonRefusal) return value;
  if (!isRecord(value) || !value['sys']) return JsonRefusal.BadJson;
  return { ...value, sys: readSys(value['sys']) };
}

const TEXT_FIELDS = [
  'type',
  'version',
  'platform',
  'libVersion',
] as const satisfies readonly (keyof HandshakeRequestSysFields)[];

/** Leaves out a text field that is not text, so that what reads it later can believe its type. */
function readSys(value: unknown): HandshakeRequestSys {
  if (!isRecord(value)) return {};
  const sys: Record<string, unknown> = { ...value };
  for (const field of TEXT_FIELDS) {
    if (typeof sys[field] !== 'string') delete sys[field];
  }
  return sys;
}
