import { JsonRefusal, parseJson } from 'nestjs-pomelo-protocol';
import type { PomeloLimits } from '../../options/limits.js';

/** A client may ask to be connected with this: nothing, or an object within the limits. */
export function mayAskWith(
  auth: string,
  { handshakeBytes: maxBytes, jsonDepth: maxDepth }: Readonly<PomeloLimits>,
): boolean {
  if (auth === '') return true;
  const bytes = Buffer.from(auth);
  if (bytes.length > maxBytes) return false;
  const value = parseJson(bytes, 0, bytes.length, { maxBytes, maxDepth });
  if (value instanceof JsonRefusal || Array.isArray(value)) return false;
  return typeof value === 'object' && value !== null;
}
