import { createCipheriv } from 'node:crypto';
import { pack } from './gate-peer.js';

/** A pack as river 1.1 encrypts it with a key of 16 bytes, written from what is known of the protocol. */
export function sealedPack(key: string, topic: string, body?: unknown): Buffer {
  const inner = pack(topic, body).subarray(2).toString('base64');
  const cipher = createCipheriv('aes-128-ecb', key, null);
  const text = Buffer.concat([cipher.update(inner), cipher.final()]).toString('base64');
  const total = Buffer.alloc(2);
  total.writeUInt16LE(2 + text.length);
  return Buffer.concat([total, Buffer.from(text)]);
}
