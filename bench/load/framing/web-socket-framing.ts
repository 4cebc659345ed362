import type { Framing } from './framing.js';

const FIN = 0x80;
const MASKED = 0x80;
const TEXT = 1;
const BINARY = 2;
const PING = 9;
const PONG = 10;
const CLOSE = 8;
/** Any will do here: nothing in between is confused by it. */
const MASK = Buffer.from([0x5a, 0xa5, 0x3c, 0xc3]);

/** Frames of a WebSocket client: masked what is sent, bare what comes. */
export class WebSocketFraming implements Framing {
  constructor(private readonly isText: boolean) {}

  wrap(message: Buffer): Buffer {
    return maskedFrame(this.isText ? TEXT : BINARY, message);
  }

  lengthAt(bytes: Buffer, at: number, end: number): number {
    const head = end - at < 2 ? 10 : this.headAt(bytes, at);
    if (end - at < head) return 0;
    const short = bytes[at + 1] ?? 0;
    if (short < 126) return head + short;
    return head + (short === 126 ? bytes.readUInt16BE(at + 2) : Number(bytes.readBigUInt64BE(at + 2)));
  }

  headAt(bytes: Buffer, at: number): number {
    const short = bytes[at + 1] ?? 0;
    if (short < 126) return 2;
    return short === 126 ? 4 : 10;
  }
}

/** What a client has to do about the frame at `at`: `undefined` when it is a message. */
export function controlOf(bytes: Buffer, at: number): 'ping' | 'close' | 'other' | undefined {
  const opcode = (bytes[at] ?? 0) & 0x0f;
  if (opcode < CLOSE) return undefined;
  if (opcode === PING) return 'ping';
  return opcode === CLOSE ? 'close' : 'other';
}

/** The answer to a ping. */
export function pong(data: Buffer): Buffer {
  return maskedFrame(PONG, data);
}

function maskedFrame(opcode: number, message: Buffer): Buffer {
  const masked = Buffer.from(message.map((byte, index) => byte ^ (MASK[index & 3] ?? 0)));
  return Buffer.concat([head(opcode, message.length), MASK, masked]);
}

function head(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([FIN | opcode, MASKED | length]);
  if (length < 0x1_0000) return Buffer.from([FIN | opcode, MASKED | 126, length >> 8, length & 0xff]);
  const long = Buffer.from([FIN | opcode, MASKED | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  long.writeBigUInt64BE(BigInt(length), 2);
  return long;
}
