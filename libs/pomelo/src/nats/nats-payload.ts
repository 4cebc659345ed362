import type { Msg } from '@nats-io/transport-node';

/** Sent to see whether somebody listens, and whether it is allowed. Receivers skip it. */
export const NOTHING = new Uint8Array(0);
/** What servers write begins with it; what NATS itself answers is JSON, and begins with a brace. */
const SEAL = 0x01;

/** The payload for bytes: a copy, because nats.js writes at the end of the turn, and the bytes may change until then. */
export function sealed(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return NOTHING;
  const payload = Buffer.allocUnsafe(bytes.length + 1);
  payload[0] = SEAL;
  payload.set(bytes, 1);
  return payload;
}

/**
 * What a server wrote; `undefined` for nothing, and for what JetStream says, or repeats with headers of its own. Whoever
 * asks it names the subject on which it answers: nobody shall have it answer under a name that is not his.
 */
export function contentOf(msg: Msg): Uint8Array | undefined {
  return msg.data[0] === SEAL && !hasHeaders(msg) ? msg.data.subarray(1) : undefined;
}

/** Headers that nobody can read throw; behind the reader of nats.js that would end the connection. */
function hasHeaders(msg: Msg): boolean {
  try {
    return msg.headers !== undefined;
  } catch {
    return true;
  }
}
