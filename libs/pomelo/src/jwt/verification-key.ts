import { createRemoteJWKSet, type JWTVerifyGetKey } from 'jose';
import type { KeyObject } from 'node:crypto';
import { isLoopback } from '../edge/ip-address.js';
import { checkFit, isSecretAlgorithm, refuseAlgorithm } from './algorithm-fit.js';
import type { JwtAlgorithm, JwtKey } from './jwt.options.js';
import { keyObjectOf, refuseKey } from './key-material.js';

/** Shorter than the default of `limits.handshakeHookMs`, so that the client hears that it is not its token. */
const JWKS_TIMEOUT_MS = 3_000;

/** What signatures are checked with, as `jose` takes it. */
export type VerificationKey = KeyObject | JWTVerifyGetKey;

/** Reads the option `jwt.key`. Throws `OPTION_INVALID` when it, or an algorithm, cannot be used. */
export function verificationKey(
  key: JwtKey | undefined,
  algorithms: readonly JwtAlgorithm[],
): VerificationKey {
  if (typeof key === 'function') return chosenBy(key);
  if (key instanceof URL) return jwks(key, algorithms);
  const object = keyObjectOf(key);
  for (const algorithm of algorithms) checkFit(object, algorithm);
  return object;
}

/** A secret that the application's function chooses passes the checks of a fixed one; of other keys `jose` knows the type. */
function chosenBy(choose: JWTVerifyGetKey): JWTVerifyGetKey {
  return async (header, token) => {
    const key = await choose(header, token);
    if (key instanceof Uint8Array) checkFit(keyObjectOf(key), header.alg);
    return key;
  };
}

function jwks(url: URL, algorithms: readonly JwtAlgorithm[]): JWTVerifyGetKey {
  const isHere = url.hostname === 'localhost' || isLoopback(url.hostname.replace(/^\[|\]$/g, ''));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere))
    refuseKey('an https: address', 'Whoever changes the answer on its way could sign tokens.');
  const secret = algorithms.find(isSecretAlgorithm);
  if (secret !== undefined) refuseAlgorithm(secret, 'one of public keys, as those of a JWKS are');
  return createRemoteJWKSet(url, { timeoutDuration: JWKS_TIMEOUT_MS });
}
