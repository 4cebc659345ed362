import { SignJWT, type JWTHeaderParameters, type JWTPayload } from 'jose';
import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';

/** What a test changes of a token; `undefined` leaves a claim out. */
export type Claims = Readonly<Record<string, unknown>>;

/** Seconds since 1970, as tokens count them. */
export const seconds = (): number => Math.floor(Date.now() / 1_000);

/** Issues tokens, as a login service would. */
export class TokenIssuer {
  readonly publicKey: KeyObject;
  private readonly privateKey: KeyObject;

  constructor(private readonly algorithm: 'ES256' | 'RS256' | 'PS256' | 'EdDSA' = 'ES256') {
    const { publicKey, privateKey } = keyPair(algorithm);
    this.publicKey = publicKey;
    this.privateKey = privateKey;
  }

  /** The public key as a PEM text. */
  get pem(): string {
    return this.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  /** A token that is good for an hour, unless the claims or the header say otherwise. */
  sign(claims: Claims = {}, header: Partial<JWTHeaderParameters> = {}): Promise<string> {
    return sign(this.privateKey, claims, { alg: this.algorithm, ...header });
  }
}

/** A token signed with any key. */
export function sign(
  key: KeyObject | Uint8Array,
  claims: Claims,
  header: JWTHeaderParameters,
): Promise<string> {
  return new SignJWT(payload(claims)).setProtectedHeader(header).sign(key);
}

/** A token out of its parts, whatever they are; the signature is text. */
export function assemble(header: unknown, claims: Claims, signature = ''): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload(claims))}.${signature}`;
}

function payload(claims: Claims): JWTPayload {
  const now = seconds();
  const usual = { iss: 'login', aud: 'game', sub: 'ann', iat: now, exp: now + 3_600, jti: randomUUID() };
  return JSON.parse(JSON.stringify({ ...usual, ...claims })) as JWTPayload;
}

function keyPair(algorithm: string): { publicKey: KeyObject; privateKey: KeyObject } {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' });
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: 2_048 });
}
