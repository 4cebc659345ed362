/** Pomelo's packages and messages in as few steps as there can be: no checks, no errors, JSON only. */

declare global {
  /** What `toString` and `write` come down to. Node has it, and its types do not. */
  interface Buffer {
    latin1Slice(start: number, end: number): string;
    utf8Slice(start: number, end: number): string;
    utf8Write(text: string, at: number, bytes: number): number;
  }
}

const DATA = 4;
const HEAD_BYTES = 4;
const RESPONSE_FLAG = 2 << 1;
const PUSH_FLAG = 3 << 1;

/** A request, or a notify: that has the id 0. */
export interface Message {
  id: number;
  route: string;
  body: unknown;
}

/** Reads the message in the body of a package. The same object every time. */
export function readMessage(bytes: Buffer, start: number, end: number): Message {
  let at = start + 1;
  message.id = 0;
  if ((bytes[start] ?? 0) >> 1 === 0) {
    let shift = 0;
    let byte = 0x80;
    for (; byte >= 0x80; shift += 7) {
      byte = bytes[at++] ?? 0;
      message.id += (byte & 0x7f) << shift;
    }
  }
  const routeEnd = at + 1 + (bytes[at] ?? 0);
  message.route = bytes.latin1Slice(at + 1, routeEnd);
  message.body = JSON.parse(bytes.utf8Slice(routeEnd, end));
  return message;
}

const message: Message = { id: 0, route: '', body: undefined };

/** The package of an answer. */
export function responseOf(id: number, body: unknown, frame: FrameHead): Buffer {
  const text = JSON.stringify(body);
  const idBytes = id < 0x80 ? 1 : id < 0x4000 ? 2 : 3;
  const textBytes = Buffer.byteLength(text);
  const length = 1 + idBytes + textBytes;
  const headBytes = frame.bytesFor(HEAD_BYTES + length);
  const bytes = Buffer.allocUnsafe(headBytes + HEAD_BYTES + length);
  let at = writeHead(bytes, DATA, length, headBytes, frame);
  bytes[at++] = RESPONSE_FLAG;
  let rest = id;
  for (; rest >= 0x80; rest >>>= 7) bytes[at++] = (rest & 0x7f) | 0x80;
  bytes[at++] = rest;
  bytes.utf8Write(text, at, textBytes);
  return bytes;
}

/** The package of a push. */
export function pushOf(route: string, body: unknown, frame: FrameHead): Buffer {
  const text = JSON.stringify(body);
  return packageOf(
    DATA,
    Buffer.concat([Buffer.from([PUSH_FLAG, route.length]), Buffer.from(route), Buffer.from(text)]),
    frame,
  );
}

/** Any package. */
export function packageOf(type: number, body: Buffer, frame: FrameHead): Buffer {
  const headBytes = frame.bytesFor(HEAD_BYTES + body.length);
  const bytes = Buffer.allocUnsafe(headBytes + HEAD_BYTES + body.length);
  body.copy(bytes, writeHead(bytes, type, body.length, headBytes, frame));
  return bytes;
}

/** What goes in front of a package. */
export interface FrameHead {
  bytesFor(packageBytes: number): number;
  write(bytes: Buffer, packageBytes: number): void;
}

/** Nothing does over TCP. */
export const NO_FRAME: FrameHead = { bytesFor: () => 0, write: () => {} };

/** The head of a WebSocket frame of a server. */
export const WEB_SOCKET_FRAME: FrameHead = {
  bytesFor: (packageBytes) => (packageBytes < 126 ? 2 : 4),
  write(bytes, packageBytes) {
    bytes[0] = 0x82;
    if (packageBytes < 126) bytes[1] = packageBytes;
    else {
      bytes[1] = 126;
      bytes[2] = packageBytes >> 8;
      bytes[3] = packageBytes & 0xff;
    }
  },
};

function writeHead(bytes: Buffer, type: number, length: number, at: number, frame: FrameHead): number {
  frame.write(bytes, HEAD_BYTES + length);
  bytes[at] = type;
  bytes[at + 1] = length >> 16;
  bytes[at + 2] = (length >> 8) & 0xff;
  bytes[at + 3] = length & 0xff;
  return at + HEAD_BYTES;
}
