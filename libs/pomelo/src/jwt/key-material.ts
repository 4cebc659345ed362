import { createPrivateKey, createPublicKey, createSecretKey, KeyObject, type JsonWebKey } from 'node:crypto';
import { refuseOption } from '../options/option-checks.js';

/** A key that is there, and has not to be fetched or chosen. */
export type KeyMaterial = string | Uint8Array | KeyObject | JsonWebKey;

/** Reads a secret or a public key. Throws `OPTION_INVALID`; the sentence never shows the key. */
export function keyObjectOf(material: KeyMaterial | undefined): KeyObject {
  const key = parsed(material);
  if (key === undefined)
    refuseKey(
      'a secret, a public key (PEM, KeyObject or JWK), the URL of a JWKS, or a function',
      'For example createPublicKey(readFileSync("issuer.pem")).',
    );
  if (key.type === 'private')
    refuseKey('a public key or a secret', 'A server that checks tokens needs no private key.');
  return key;
}

/** Throws `OPTION_INVALID` for the option `jwt.key`, without showing it. */
export function refuseKey(expected: string, remedy: string): never {
  return refuseOption('jwt.key', '…', expected, remedy);
}

function parsed(material: KeyMaterial | undefined): KeyObject | undefined {
  if (material instanceof KeyObject) return material;
  try {
    if (typeof material === 'string' || material instanceof Uint8Array) return ofBytes(Buffer.from(material));
    return typeof material === 'object' && material !== null ? ofJwk(material) : undefined;
  } catch {
    // What the parser says may show parts of the key.
    return undefined;
  }
}

/** A PEM text is never a secret: everybody may know a public key. */
function ofBytes(bytes: Buffer): KeyObject {
  const text = bytes.toString('latin1');
  if (!text.includes('-----BEGIN')) return createSecretKey(bytes);
  return text.includes('PRIVATE KEY') ? createPrivateKey(bytes) : createPublicKey(bytes);
}

function ofJwk(jwk: JsonWebKey): KeyObject {
  if (jwk.kty === 'oct') return createSecretKey(Buffer.from(jwk.k ?? '', 'base64url'));
  const make = jwk.d === undefined ? createPublicKey : createPrivateKey;
  return make({ key: jwk, format: 'jwk' });
}
