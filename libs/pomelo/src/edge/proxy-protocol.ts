import type { ProxyHead } from './proxy-head.js';
import { ProxyRefusal } from './proxy-refusal.js';
import { readV1 } from './proxy-v1.js';
import { readV2, V2_SIGNATURE } from './proxy-v2.js';

const V1_SIGNATURE: Uint8Array = new TextEncoder().encode('PROXY ');

/**
 * The head of the PROXY protocol, version 1 or 2, that a connection begins with; the reason why it is none; or `undefined`
 * when more bytes are needed, which never happens for 107 bytes of version 1 or 536 of version 2. Never throws. Once there
 * is a result, more bytes do not change it.
 */
export function readProxyHead(bytes: Uint8Array): ProxyHead | ProxyRefusal | undefined {
  if (agrees(bytes, V1_SIGNATURE)) return bytes.length < V1_SIGNATURE.length ? undefined : readV1(bytes);
  if (agrees(bytes, V2_SIGNATURE)) return bytes.length < V2_SIGNATURE.length ? undefined : readV2(bytes);
  return ProxyRefusal.BadSignature;
}

/** Whether these are the first bytes of a head of either version, as long as it takes to tell it from anything else. */
export function looksLikeProxyHead(bytes: Uint8Array): boolean {
  return [V1_SIGNATURE, V2_SIGNATURE].some(
    (signature) => bytes.length >= signature.length && agrees(bytes, signature),
  );
}

/** Whether the bytes are those of the signature, as far as both go. */
function agrees(bytes: Uint8Array, signature: Uint8Array): boolean {
  const length = Math.min(bytes.length, signature.length);
  for (let at = 0; at < length; at += 1) if (bytes[at] !== signature[at]) return false;
  return true;
}
