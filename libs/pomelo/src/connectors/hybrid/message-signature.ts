import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** The characters that Pomelo 2.2.7 calls Chinese. */
const CHINESE = /[\u4e00-\u9fa5]/;
const HEX = /^[0-9a-f]+$/i;
const MIN_KEY_BITS = 512;
/** Above it, one message would cost milliseconds. */
const MAX_KEY_BITS = 4096;
/** In hexadecimal, with the zeros that keep it from looking negative. */
const MAX_KEY_DIGITS = MAX_KEY_BITS / 4 + 2;
const MAX_EXPONENT = 0xff_ff_ff_ff;

/** The key of a handshake, `{ rsa_n: hexadecimal, rsa_e: number }`; `undefined` for one that is malformed, or not from 512 to 4096 bits long. */
export function readClientKey(rsa: unknown): KeyObject | undefined {
  if (typeof rsa !== 'object' || rsa === null) return undefined;
  const { rsa_n: modulus, rsa_e: exponent } = rsa as { rsa_n?: unknown; rsa_e?: unknown };
  if (typeof modulus !== 'string' || modulus.length > MAX_KEY_DIGITS || !HEX.test(modulus)) return undefined;
  if (!isOddNumber(exponent)) return undefined;
  try {
    const n = base64Url(modulus);
    const e = base64Url(exponent.toString(16));
    const key = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' });
    const { modulusLength = 0 } = key.asymmetricKeyDetails ?? {};
    return modulusLength >= MIN_KEY_BITS && modulusLength <= MAX_KEY_BITS ? key : undefined;
  } catch {
    return undefined;
  }
}

function isOddNumber(value: unknown): value is number {
  return (
    Number.isInteger(value) && Number(value) >= 3 && Number(value) <= MAX_EXPONENT && Number(value) % 2 === 1
  );
}

function base64Url(hex: string): string {
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}

/** The body without its signature; `undefined` when that is missing or wrong. */
export function verifiedBody(key: KeyObject, body: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { __crypto__: signature, ...rest } = body as Record<string, unknown>;
  if (typeof signature !== 'string' || !HEX.test(signature)) return undefined;
  // Signers leave out leading zeros.
  const digits = (((key.asymmetricKeyDetails?.modulusLength ?? 0) + 7) >> 3) << 1;
  const bytes = Buffer.from(signature.padStart(digits, '0'), 'hex');
  return verify('sha256', signedBytes(JSON.stringify(rest)), key, bytes) ? rest : undefined;
}

/**
 * The bytes of a text that a client of Pomelo 2.2.7 has signed. Text with a Chinese character is encoded twice: each half
 * of a surrogate pair, and then each byte of that, as if it were a character.
 */
export function signedBytes(text: string): Buffer {
  return Buffer.from(CHINESE.test(text) ? cesu8(text).toString('latin1') : text, 'utf8');
}

function cesu8(text: string): Buffer {
  const bytes: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}
