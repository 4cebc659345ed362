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

/** Calls `visit` with every frame of a batch, as views. False when the bytes are no batch; frames before the flaw were visited. */
export function splitFrames(bytes: Uint8Array, visit: (frame: Uint8Array) => void): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let offset = 0;
  while (offset < bytes.length) {
    if (bytes.length - offset < LENGTH_BYTES) return false;
    const end = offset + LENGTH_BYTES + view.getUint32(offset);
    if (end > bytes.length) return false;
    visit(bytes.subarray(offset + LENGTH_BYTES, end));
    offset = end;
  }
  return true;
}
