import { escapeBeyondBmp } from 'nestjs-pomelo-protocol';
import { ErrorReply } from '../../errors/error-reply.js';
import { serialize } from './pitaya-serializer.js';
import type { WireProfile } from './wire-profile.js';

/** Encodes a body: raw bytes as they are, by schema when the route has one, else as JSON text. Throws when it cannot. */
export function encodeBody(profile: WireProfile, route: string, body: unknown): string | Uint8Array {
  if (profile.serializer !== undefined) return serialize(profile.serializer, route, body);
  if (body instanceof Uint8Array) return body;
  const schema = profile.protobuf?.outward;
  if (schema?.has(route) === true)
    return body instanceof ErrorReply
      ? encodeError(profile, route, body)
      : schema.encode(route, body === undefined ? {} : body);
  if (body instanceof ErrorReply)
    return escapeBeyondBmp(JSON.stringify(profile.dialect === 'pitaya' ? body.toPitaya() : body));
  const text: string | undefined = JSON.stringify(body);
  // JSON cannot say undefined, functions and symbols.
  return text === undefined ? '{}' : escapeBeyondBmp(text);
}

/**
 * A client reads an answer by the schema of its route, an error too: it gets the fields that the schema has room for,
 * so declare `optional uInt32 code` and `optional string msg` on routes that can fail.
 */
function encodeError({ protobuf }: WireProfile, route: string, error: ErrorReply): Uint8Array {
  try {
    return protobuf?.outward.encode(route, error.toJSON()) ?? new Uint8Array();
  } catch {
    return new Uint8Array();
  }
}
