const LENGTH_BYTES = 4;

/** Bytes that a frame takes in a batch. */
export function batchedBytes(frame: Uint8Array): number {
  return LENGTH_BYTES + frame.length;
}

/** Joins frames, each behind its length as u32 big-endian. */
export function joinFrames(frames: readonly Uint8Array[], totalBytes: number): Buffer {
  const batch = Buffer.allocUnsafe(totalBytes);
  let offset = 0;
  for (const frame of frames) {
    batch.writeUInt32BE(frame.length, offset);
    batch.set(frame, offset + LENGTH_BYTES);
    offset += LENGTH_BYTES + frame.length;
  }
  return batch;
}

/** Takes a frame: the bytes of `batch` from `start` to `end`. */
export type FrameVisitor = (batch: Uint8Array, start: number, end: number) => void;

/**
 * Calls `visit` with every frame of a batch; without views, which cost more than to read what is in them. False when the
 * bytes are no batch; frames before the flaw were visited.
 */
export function splitFrames(batch: Uint8Array, visit: FrameVisitor): boolean {
  const { length } = batch;
  let offset = 0;
  while (offset < length) {
    const start = offset + LENGTH_BYTES;
    if (start > length) return false;
    const end = start + lengthAt(batch, offset);
    if (end > length) return false;
    visit(batch, start, end);
    offset = end;
  }
  return true;
}

/** A u32, big-endian; callers have seen that it is there. */
function lengthAt(bytes: Uint8Array, offset: number): number {
  const a = bytes[offset] ?? 0;
  const b = bytes[offset + 1] ?? 0;
  const c = bytes[offset + 2] ?? 0;
  const d = bytes[offset + 3] ?? 0;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
}
