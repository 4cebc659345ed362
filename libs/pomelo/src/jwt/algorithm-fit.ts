import type { KeyObject } from 'node:crypto';
import { refuseOption } from '../options/option-checks.js';

const MIN_RSA_BITS = 2_048;
const CURVES: Readonly<Record<string, string>> = {
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
};

/** The algorithm signs and checks with the same secret. */
export function isSecretAlgorithm(algorithm: string): boolean {
  return algorithm.startsWith('HS');
}

/** Throws `OPTION_INVALID` when a key is not of an algorithm, or too weak for it. */
export function checkFit(key: KeyObject, algorithm: string): void {
  if (isSecretAlgorithm(algorithm)) checkSecret(key, algorithm);
  else if (!isPublicKeyOf(key, algorithm))
    refuseAlgorithm(algorithm, `one of the key, which is ${key.asymmetricKeyType ?? 'a secret'}`);
  else if ((key.asymmetricKeyDetails?.modulusLength ?? MIN_RSA_BITS) < MIN_RSA_BITS)
    refuseOption(
      'jwt.key',
      '…',
      `an RSA key of ${MIN_RSA_BITS} bits or more`,
      'Give the issuer a longer one.',
    );
}

/** Throws `OPTION_INVALID` for an algorithm of the option `jwt.algorithms`. */
export function refuseAlgorithm(algorithm: string, expected: string): never {
  return refuseOption(
    'jwt.algorithms',
    algorithm,
    expected,
    'With a public key as its secret, everybody could sign tokens with HS*.',
  );
}

function checkSecret(key: KeyObject, algorithm: string): void {
  if (key.type !== 'secret') refuseAlgorithm(algorithm, 'one of public keys, as the key is one');
  const bytes = Number(algorithm.slice(2)) / 8;
  if ((key.symmetricKeySize ?? 0) < bytes)
    refuseOption(
      'jwt.key',
      '…',
      `a secret of ${bytes} bytes or more for ${algorithm}`,
      'Shorter ones can be guessed from one token: openssl rand -base64 48.',
    );
}

function isPublicKeyOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, algorithm: string): boolean {
  if (algorithm.startsWith('RS') || algorithm.startsWith('PS')) return asymmetricKeyType === 'rsa';
  const curve = CURVES[algorithm];
  return curve === undefined
    ? asymmetricKeyType === 'ed25519'
    : asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === curve;
}
