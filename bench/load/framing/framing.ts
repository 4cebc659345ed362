/** How messages are told apart in a stream of bytes. */
export interface Framing {
  /** A message as it is sent. */
  wrap(message: Buffer): Buffer;
  /** Length of the frame that begins at `at`, with its head; 0 when the bytes up to `end` do not tell. */
  lengthAt(bytes: Buffer, at: number, end: number): number;
  /** Bytes of that frame which are not of the message. */
  headAt(bytes: Buffer, at: number): number;
}

/** Calls back with the place of every whole message; gives the position of what is not whole yet. */
export function eachMessage(
  framing: Framing,
  bytes: Buffer,
  visit: (bytes: Buffer, start: number, end: number, frame: number) => void,
): number {
  let at = 0;
  while (at < bytes.length) {
    const length = framing.lengthAt(bytes, at, bytes.length);
    if (length === 0 || at + length > bytes.length) break;
    visit(bytes, at + framing.headAt(bytes, at), at + length, at);
    at += length;
  }
  return at;
}
