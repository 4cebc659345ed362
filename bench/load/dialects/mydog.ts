import { jsonBody } from '../bodies.js';
import { mydogFraming } from '../framing/stream-framings.js';
import { WebSocketFraming } from '../framing/web-socket-framing.js';
import { Kind, type Dialect, type DialectSettings, type Greeting } from './dialect.js';

const MESSAGE = 1;
const HANDSHAKE = 2;
const ECHO = 0;
const BROADCAST = 1;
const JOIN = 2;
const TYPE_AT = 4;
const COMMAND_AT = 5;

/** Clients of mydog, which know the numbers of its routes. */
export function mydogDialect({ isWebSocket, bytes, joins }: DialectSettings): Dialect {
  const body = jsonBody(bytes);
  return {
    framing: isWebSocket ? new WebSocketFraming(false) : mydogFraming,
    isWebSocket,
    path: () => '/',
    hello: frame(Buffer.concat([Buffer.from([HANDSHAKE]), Buffer.from('{"md5":""}')])),
    greet: (message) => greet(message, joins),
    request: () => command(ECHO, body),
    trigger: command(BROADCAST, body),
    kindOf,
    proof: body,
  };
}

function greet(message: Buffer, joins: boolean): Greeting {
  if (message[TYPE_AT] !== HANDSHAKE) return { isReady: kindOf(message, 0) === Kind.Answer };
  return joins ? { replies: [command(JOIN, Buffer.from('{}'))], isReady: false } : { isReady: true };
}

function kindOf(bytes: Buffer, start: number): Kind {
  if (bytes[start + TYPE_AT] !== MESSAGE) return Kind.Other;
  return bytes.readUInt16BE(start + COMMAND_AT) === BROADCAST ? Kind.Push : Kind.Answer;
}

function command(number: number, body: Buffer): Buffer {
  return frame(Buffer.concat([Buffer.from([MESSAGE, 0, number]), body]));
}

function frame(content: Buffer): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(content.length);
  return Buffer.concat([head, content]);
}
