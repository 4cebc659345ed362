import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { messagePackBody } from '../bodies.js';
import { WebSocketFraming } from '../framing/web-socket-framing.js';
import { Kind, type Dialect, type DialectSettings, type Greeting } from './dialect.js';

const JOIN_ROOM = 10;
const ERROR = 11;
const ROOM_DATA = 13;
const SHORT_TEXT = 0xa0;

interface Seat {
  readonly processId: string;
  readonly roomId: string;
  readonly sessionId: string;
}

/** Clients of colyseus: a seat over HTTP, then the room over WebSocket. Bodies are MessagePack. */
export function colyseusDialect({ method, joins }: DialectSettings): Dialect {
  const body = messagePackBody();
  const named = (name: string): Buffer =>
    Buffer.concat([Buffer.from([ROOM_DATA, SHORT_TEXT | name.length]), Buffer.from(name), body]);
  return {
    framing: new WebSocketFraming(false),
    isWebSocket: true,
    path: seatPath,
    hello: undefined,
    greet,
    request: () => named(method),
    trigger: named('bcast'),
    kindOf: (bytes, start) => kindOf(bytes, start, joins),
    proof: Buffer.from('u1234567'),
  };
}

function greet(message: Buffer): Greeting {
  if (message[0] === ERROR) throw new Error(`refused: ${message.toString()}`);
  return message[0] === JOIN_ROOM
    ? { replies: [Buffer.from([JOIN_ROOM])], isReady: true }
    : { isReady: false };
}

function kindOf(bytes: Buffer, start: number, joins: boolean): Kind {
  if (bytes[start] !== ROOM_DATA) return Kind.Other;
  return joins ? Kind.Push : Kind.Answer;
}

async function seatPath(port: number): Promise<string> {
  const { processId, roomId, sessionId } = await reserveSeat(port);
  return `/${processId}/${roomId}?sessionId=${sessionId}`;
}

async function reserveSeat(port: number): Promise<Seat> {
  const asked = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/matchmake/joinOrCreate/bench',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
  });
  asked.end('{}');
  const seat = await new Promise<unknown>((resolve, reject) => {
    asked.once('response', (response) => void json(response).then(resolve, reject));
    asked.once('error', reject);
  });
  return seat as Seat;
}
