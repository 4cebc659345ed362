import type { FrameHead } from '../connection/frame-stream.js';

/** What a frame is: the byte behind its length. */
export const MydogType = { Message: 1, Handshake: 2, Heartbeat: 3 } as const;

/** Bytes of the length in front of a frame. */
export const LENGTH_BYTES = 4;
const TYPE_BYTES = 1;
const CMD_BYTES = 2;

/** mydog: u32be length of what follows, then the type, then the rest. */
export const MYDOG_FRAME: FrameHead = {
  headBytes: LENGTH_BYTES,
  minBytes: LENGTH_BYTES + TYPE_BYTES,
  frameBytes: (source, start) => LENGTH_BYTES + source.readUInt32BE(start),
};

/** Bytes of a message before its body, without the length. */
export const MESSAGE_HEAD_BYTES = TYPE_BYTES + CMD_BYTES;

/** A frame of a type with a text. */
export function textFrame(type: number, text: string): Buffer {
  const bytes = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + TYPE_BYTES + bytes);
  frame.writeUInt32BE(TYPE_BYTES + bytes, 0);
  frame[LENGTH_BYTES] = type;
  frame.write(text, LENGTH_BYTES + TYPE_BYTES);
  return frame;
}

/** A message frame. */
export function messageFrame(cmd: number, body: string | Uint8Array): Buffer {
  const bytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + MESSAGE_HEAD_BYTES + bytes);
  frame.writeUInt32BE(MESSAGE_HEAD_BYTES + bytes, 0);
  frame[LENGTH_BYTES] = MydogType.Message;
  frame.writeUInt16BE(cmd, LENGTH_BYTES + TYPE_BYTES);
  const start = LENGTH_BYTES + MESSAGE_HEAD_BYTES;
  if (typeof body === 'string') frame.write(body, start);
  else frame.set(body, start);
  return frame;
}

/** The answer to a heartbeat. */
export const HEARTBEAT_FRAME = textFrame(MydogType.Heartbeat, '');
