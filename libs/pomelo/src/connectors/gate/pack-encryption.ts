import { createCipheriv, createDecipheriv } from 'node:crypto';
import type { GatePack, PackCodec } from './gate-hooks.interface.js';
import { PLAIN_CODEC } from './gate-packs.js';
import type { GateEncryption } from './gate.options.js';

const BLOCK_BYTES = 16;

/** How the text of a pack becomes what travels, and back. `open` throws at bytes that nobody with the key has written. */
interface Cipher {
  seal(text: string): Uint8Array;
  open(payload: Buffer): string;
}

/** The codec of packs that are encrypted with a key. It hides them from nobody who matters: nothing in it changes from pack to pack. */
export function encryptedCodec(key: string, encryption: GateEncryption): PackCodec {
  const cipher = encryption === 'v1.1' ? ecb(foldKey(key)) : cbc(Buffer.from(key));
  return {
    decodePack(payload: Buffer): GatePack | undefined {
      try {
        return PLAIN_CODEC.decodePack(fromBase64(cipher.open(payload)));
      } catch {
        return undefined;
      }
    },
    encodePack(topic: string, body: Buffer): Uint8Array {
      return cipher.seal(Buffer.from(PLAIN_CODEC.encodePack(topic, body)).toString('base64'));
    },
  };
}

/** As base64 of what AES-128-ECB makes of it. */
function ecb(key: Buffer): Cipher {
  return {
    seal: (text) => {
      const cipher = createCipheriv('aes-128-ecb', key, null);
      return Buffer.from(cipher.update(text, 'utf8', 'base64') + cipher.final('base64'));
    },
    open: (payload) => {
      const decipher = createDecipheriv('aes-128-ecb', key, null);
      return (
        decipher.update(fromBase64(payload.toString('latin1')), undefined, 'latin1') +
        decipher.final('latin1')
      );
    },
  };
}

/** As what AES-CBC makes of it; the end of the key is the initial vector, too. */
function cbc(key: Buffer): Cipher {
  const name = `aes-${key.length * 8}-cbc`;
  const iv = key.subarray(-BLOCK_BYTES);
  return {
    seal: (text) => {
      const cipher = createCipheriv(name, key, iv);
      return Buffer.concat([cipher.update(text), cipher.final()]);
    },
    open: (payload) => {
      const decipher = createDecipheriv(name, key, iv);
      return decipher.update(payload, undefined, 'latin1') + decipher.final('latin1');
    },
  };
}

/** A key of 16 bytes, made of one of any length: zeros fill it up, and what is too much is folded onto its beginning. */
function foldKey(key: string): Buffer {
  const folded = Buffer.alloc(BLOCK_BYTES);
  for (const [index, byte] of Buffer.from(key).entries()) {
    const at = index % BLOCK_BYTES;
    folded[at] = (folded[at] ?? 0) ^ byte;
  }
  return folded;
}

/** Node skips what is no base64; this throws. */
function fromBase64(text: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) throw new RangeError('no base64');
  return bytes;
}
