import { readFileSync } from 'node:fs';

/** The recorded vectors `test/vectors/<name>.json`; what their shape is, the caller says. */
export function readVectors(name: 'pomelo' | 'pitaya'): unknown {
  return JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'));
}

/** The bytes that lower-case hex spells; none for null and undefined. */
export function fromHex(hex: string | null | undefined): Uint8Array {
  return Buffer.from(hex ?? '', 'hex');
}

/** Bytes as lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
