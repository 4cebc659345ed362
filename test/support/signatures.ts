import { createSign, type KeyObject } from 'node:crypto';

/** A key as clients of Pomelo say it. */
export function rsaOf(key: KeyObject): object {
  const { n = '', e = '' } = key.export({ format: 'jwk' });
  const hex = (text: string): string => Buffer.from(text, 'base64url').toString('hex');
  return { rsa_n: hex(n), rsa_e: Number.parseInt(hex(e), 16) };
}

const plainly = (text: string): Buffer => Buffer.from(text);
const asLatin1 = (text: string): string => Buffer.from(text).toString('latin1');
const twice = (text: string): Buffer => Buffer.from(asLatin1(text));
/** Twice, with the two halves of U+1F600 each encoded for itself. */
const halvesTwice = (text: string): Buffer =>
  Buffer.from(asLatin1(text).replaceAll('\xf0\x9f\x98\x80', '\xed\xa0\xbd\xed\xb8\x80'));

/** Ways to make the bytes that are signed. */
export const BYTES = { plainly, twice, halvesTwice };

/** The signature of a body, over these bytes of its text. */
export function signatureOf(body: object, key: KeyObject, bytesOf = plainly): string {
  return createSign('sha256')
    .update(bytesOf(JSON.stringify(body)))
    .sign(key, 'hex');
}

/** A body with its signature. */
export function signed(body: object, key: KeyObject, bytesOf = plainly): object {
  return { ...body, __crypto__: signatureOf(body, key, bytesOf) };
}
