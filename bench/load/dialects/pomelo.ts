import { jsonBody } from '../bodies.js';
import { pomeloFraming } from '../framing/stream-framings.js';
import { WebSocketFraming } from '../framing/web-socket-framing.js';
import { Kind, type Dialect, type DialectSettings, type Greeting } from './dialect.js';

const HANDSHAKE = 1;
const ACK = 2;
const DATA = 4;
const KICK = 5;
const REQUEST = 0;
const NOTIFY = 1;
const RESPONSE = 2;
const PUSH = 3;
const HELLO = '{"sys":{"type":"js-websocket","version":"0.0.1","rsa":{}},"user":{}}';
const JOIN_ID = 1;

/** Clients of Pomelo, of pinus, of the codec by hand, and ours. */
export function pomeloDialect({ isWebSocket, bytes, method, joins }: DialectSettings): Dialect {
  const body = jsonBody(bytes);
  const prefix = 'connector.entryHandler.';
  const join = message(REQUEST, JOIN_ID, `${prefix}join`, Buffer.from('{}'));
  return {
    framing: isWebSocket ? new WebSocketFraming(false) : pomeloFraming,
    isWebSocket,
    path: () => '/',
    hello: packageOf(HANDSHAKE, Buffer.from(HELLO)),
    greet: (bytes) => greet(bytes, joins ? join : undefined),
    request: (id) => message(REQUEST, id, `${prefix}${method}`, body),
    trigger: message(NOTIFY, 0, `${prefix}bcast`, body),
    kindOf,
    proof: body,
  };
}

function greet(bytes: Buffer, join: Buffer | undefined): Greeting {
  const ack = packageOf(ACK, Buffer.alloc(0));
  if (bytes[0] === HANDSHAKE) {
    if (!bytes.includes('"code":200')) throw new Error(`refused: ${bytes.subarray(4).toString()}`);
    return { replies: join === undefined ? [ack] : [ack, join], isReady: join === undefined };
  }
  return { isReady: kindOf(bytes, 0) === Kind.Answer };
}

function kindOf(bytes: Buffer, start: number): Kind {
  const type = bytes[start];
  if (type === KICK) throw new Error(`kicked: ${bytes.subarray(start + 4).toString()}`);
  if (type !== DATA) return Kind.Other;
  const messageType = ((bytes[start + 4] ?? 0) >> 1) & 7;
  if (messageType === RESPONSE) return Kind.Answer;
  return messageType === PUSH ? Kind.Push : Kind.Other;
}

function packageOf(type: number, body: Buffer): Buffer {
  const head = Buffer.from([type, 0, 0, 0]);
  head.writeUIntBE(body.length, 1, 3);
  return Buffer.concat([head, body]);
}

/** `id` is below 128, so that it takes one byte. */
function message(type: number, id: number, route: string, body: Buffer): Buffer {
  const head = type === REQUEST ? [type << 1, id, route.length] : [type << 1, route.length];
  return packageOf(DATA, Buffer.concat([Buffer.from(head), Buffer.from(route), body]));
}
