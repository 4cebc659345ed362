/** What a frame is, apart from its payload. Everything that is not named is as a well-behaved client would have it. */
export interface FrameFields {
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong. Default 2. */
  readonly opcode?: number;
  /** The last frame of its message. Default true. */
  readonly fin?: boolean;
  /** The three reserved bits. Default 0. */
  readonly rsv?: number;
  /** Default true: clients must. */
  readonly masked?: boolean;
  /** The length that the frame claims. Default the real one. */
  readonly length?: number;
  /** The field in which the length is written, by the number that announces it. Default the shortest. */
  readonly lengthField?: 126 | 127;
}

const MASK = [0x37, 0xfa, 0x21, 0x3d];

/** A WebSocket frame of a client, spelled out by hand. */
export function frame(payload: Uint8Array | string = '', fields: FrameFields = {}): Buffer {
  const { opcode = 2, fin = true, rsv = 0, masked = true } = fields;
  const body = Buffer.from(payload as Uint8Array);
  const length = lengthBytes(fields.length ?? body.length, fields.lengthField);
  length[0] = (length[0] ?? 0) | (masked ? 0x80 : 0);
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  if (!masked) return Buffer.concat([Buffer.from([first]), length, body]);
  for (let index = 0; index < body.length; index += 1)
    body[index] = (body[index] ?? 0) ^ (MASK[index % 4] ?? 0);
  return Buffer.concat([Buffer.from([first]), length, Buffer.from(MASK), body]);
}

/** A close frame. */
export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return frame(payload, { opcode: 8 });
}

function lengthBytes(length: number, field = length < 126 ? length : length < 65_536 ? 126 : 127): Buffer {
  if (field < 126) return Buffer.from([field]);
  const bytes = Buffer.alloc(field === 126 ? 3 : 9);
  bytes[0] = field;
  if (field === 126) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}

/** A request for a WebSocket, with more or other header lines. */
export function upgradeRequest(...lines: readonly string[]): string {
  const own = [
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  const named = new Set(lines.map(headerName));
  const all = [...own.filter((line) => !named.has(headerName(line))), ...lines];
  return ['GET / HTTP/1.1', ...all, '', ''].join('\r\n');
}

function headerName(line: string): string {
  return line.slice(0, line.indexOf(':')).toLowerCase();
}
