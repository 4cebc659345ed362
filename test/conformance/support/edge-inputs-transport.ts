import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { TcpLink, WsLink, type RawLink } from './raw-link.js';
import type { RecordedInput, Stage } from './replay.js';
import { HELLO, pack, request } from './wire-bytes.js';

const PING = 'connector.echoHandler.ping';
const ECHO = 'connector.echoHandler.echo';

/** Inputs that depend on where a segment or a WebSocket message ends. */
export const TRANSPORT_INPUTS: Readonly<Record<string, RecordedInput>> = {
  'byte by byte': { stage: 'fresh', play: byteByByte },
  'many packages one chunk': together(request(1, PING), request(2, PING)),
  'valid then invalid type in one chunk': together(request(1, PING), pack(9)),
  'head 16MB then silence': { stage: 'working', play: [Buffer.from('04ffffff', 'hex')], ends: true },
  'half close': { stage: 'working', play: (link) => void tcp(link).socket.end(), ends: true },
  'two packages in one frame': together(request(1, PING), request(2, PING)),
  'empty frame': { stage: 'working', play: [Buffer.alloc(0)] },
  'text frame handshake': { stage: 'fresh', play: (link) => ws(link).webSocket.send(HELLO.toString()) },
  'truncated: len larger than frame': frame(
    'working',
    Buffer.concat([Buffer.from('04000060', 'hex'), body(PING)]),
  ),
  'len smaller than frame': frame('working', Buffer.concat([Buffer.from('04000005', 'hex'), body(PING)])),
  '1 byte frame 01': frame('fresh', Buffer.from([1])),
  '1 byte frame 03': frame('working', Buffer.from([3])),
  'package split over two frames': {
    stage: 'working',
    play: [request(1, PING).subarray(0, 10), request(1, PING).subarray(10)],
  },
  'fragmented ws message': { stage: 'working', play: fragmented },
  'ws ping': { stage: 'working', play: ping },
};

/** First bytes that decide between TCP and HTTP, by what the recording shows of them. */
export const HTTP_INPUTS: Readonly<Record<string, RecordedInput>> = {
  'http "G"': { stage: 'fresh', play: getLetterByLetter, ends: true },
  ...Object.fromEntries(
    [
      ['http "GET / HTTP"', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['http "POST / HTT"', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n'],
      ['http "DELETE / H"', 'DELETE / HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['http "OPTIONS / "', 'OPTIONS / HTTP/1.1\r\nHost: x\r\n\r\n'],
      ['http "GETxx"', 'GETxx'],
      ['http "PUT\\u0000"', 'PUT\u0000'],
    ].map(([name = '', text = '']): [string, RecordedInput] => [
      name,
      { stage: 'fresh', play: [Buffer.from(text)], ends: true },
    ]),
  ),
};

function together(...packages: readonly Buffer[]): RecordedInput {
  return frame('working', Buffer.concat(packages));
}

function frame(stage: Stage, bytes: Buffer): RecordedInput {
  return { stage, play: [bytes] };
}

function body(route: string): Buffer {
  return request(1, route).subarray(4);
}

async function byteByByte(link: RawLink): Promise<void> {
  for (const byte of HELLO) {
    link.send(Uint8Array.of(byte));
    await setImmediate();
  }
}

async function getLetterByLetter(link: RawLink): Promise<void> {
  link.send(Buffer.from('G'));
  await setImmediate();
  link.send(Buffer.from('ET / HTTP/1.1\r\nHost: x\r\n\r\n'));
}

function fragmented(link: RawLink): void {
  const bytes = request(1, ECHO, '{"a":1}');
  const { webSocket } = ws(link);
  webSocket.send(bytes.subarray(0, 10), { fin: false });
  webSocket.send(bytes.subarray(10), { fin: true });
}

async function ping(link: RawLink): Promise<void> {
  const { webSocket } = ws(link);
  const pong = once(webSocket, 'pong');
  webSocket.ping();
  await pong;
}

function tcp(link: RawLink): TcpLink {
  if (link instanceof TcpLink) return link;
  throw new Error('this input is for TCP');
}

function ws(link: RawLink): WsLink {
  if (link instanceof WsLink) return link;
  throw new Error('this input is for WebSocket');
}
