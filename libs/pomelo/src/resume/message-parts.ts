/** Brokers have a limit of about a million bytes, which is less than a package may have. */
const PART_BYTES = 256 * 1024;

/** Says a message, in several words when it is large. False when one will not arrive. */
export function sayInParts(
  message: Uint8Array,
  say: (word: 'part' | 'data', bytes: Uint8Array) => boolean,
): boolean {
  let start = 0;
  while (message.length - start > PART_BYTES) {
    if (!say('part', message.subarray(start, start + PART_BYTES))) return false;
    start += PART_BYTES;
  }
  return say('data', start === 0 ? message : message.subarray(start));
}

/** Joins what came in parts. */
export class MessageParts {
  private parts: Uint8Array[] = [];

  add(part: Uint8Array): void {
    this.parts.push(part);
  }

  /** The message that ends so. */
  whole(last: Uint8Array): Buffer {
    if (this.parts.length === 0) return Buffer.from(last.buffer, last.byteOffset, last.byteLength);
    const message = Buffer.concat([...this.parts, last]);
    this.parts = [];
    return message;
  }
}
