import { isValidUtf8 } from 'nestjs-pomelo-protocol';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { FrameHead } from '../connection/frame-stream.js';
import type { GatePack, PackCodec } from './gate-hooks.interface.js';

/** Bytes of the length at the head of a pack. */
export const LENGTH_BYTES = 2;
const TOPIC_LENGTH_BYTES = 2;
/** Bytes of the shortest pack, which has no topic. */
export const MIN_PACK_BYTES = LENGTH_BYTES + TOPIC_LENGTH_BYTES;
/** More cannot be said by the length of a pack. */
export const MAX_PACK_BYTES = 65_535;

/** A pack: u16le of all its bytes, then the rest. */
export const GATE_FRAME: FrameHead = {
  headBytes: LENGTH_BYTES,
  minBytes: MIN_PACK_BYTES,
  frameBytes: (source, start) => source.readUInt16LE(start),
};

/** The pack format of the gate: u16le length of the topic, the topic, the body. */
export const PLAIN_CODEC: PackCodec = {
  decodePack(payload: Buffer): GatePack | undefined {
    if (payload.length < TOPIC_LENGTH_BYTES) return undefined;
    const end = TOPIC_LENGTH_BYTES + payload.readUInt16LE(0);
    if (end > payload.length) return undefined;
    const topic = payload.subarray(TOPIC_LENGTH_BYTES, end);
    return isValidUtf8(topic, 0, topic.length)
      ? { topic: topic.toString(), body: payload.subarray(end) }
      : undefined;
  },

  encodePack(topic: string, body: Buffer): Buffer {
    const topicBytes = Buffer.byteLength(topic);
    const bytes = TOPIC_LENGTH_BYTES + topicBytes + body.length;
    checkPackBytes(topic, LENGTH_BYTES + bytes);
    const payload = Buffer.allocUnsafe(bytes);
    payload.writeUInt16LE(topicBytes, 0);
    payload.write(topic, TOPIC_LENGTH_BYTES);
    payload.set(body, TOPIC_LENGTH_BYTES + topicBytes);
    return payload;
  },
};

/** Puts the length in front. Throws `PACK_TOO_LARGE` when it cannot say it. */
export function packOf(topic: string, payload: Uint8Array): Buffer {
  const bytes = LENGTH_BYTES + payload.length;
  checkPackBytes(topic, bytes);
  const pack = Buffer.allocUnsafe(bytes);
  pack.writeUInt16LE(bytes, 0);
  pack.set(payload, LENGTH_BYTES);
  return pack;
}

function checkPackBytes(topic: string, bytes: number): void {
  if (bytes > MAX_PACK_BYTES) throw pomeloError('PACK_TOO_LARGE', { bytes, topic, limit: MAX_PACK_BYTES });
}
