import { jsonBody } from '../bodies.js';
import { WebSocketFraming } from '../framing/web-socket-framing.js';
import { Kind, type Dialect, type DialectSettings, type Greeting } from './dialect.js';

const OPEN = '0'.charCodeAt(0);
const MESSAGE = '4'.charCodeAt(0);
const CONNECT = '0'.charCodeAt(0);
const EVENT = '2'.charCodeAt(0);
const ACKNOWLEDGEMENT = '3'.charCodeAt(0);

/** Clients of socket.io 4, over WebSocket from the start. */
export function socketIoDialect({ bytes, method }: DialectSettings): Dialect {
  const body = jsonBody(bytes);
  return {
    framing: new WebSocketFraming(true),
    isWebSocket: true,
    path: () => '/socket.io/?EIO=4&transport=websocket',
    hello: undefined,
    greet,
    request: (id) => Buffer.from(`42${id}["${method}",${body.toString()}]`),
    trigger: Buffer.from(`42["bcast",${body.toString()}]`),
    kindOf,
    proof: body,
  };
}

function greet(message: Buffer): Greeting {
  if (message[0] === OPEN) return { replies: [Buffer.from('40')], isReady: false };
  return { isReady: message[0] === MESSAGE && message[1] === CONNECT };
}

function kindOf(bytes: Buffer, start: number): Kind {
  if (bytes[start] !== MESSAGE) return Kind.Other;
  if (bytes[start + 1] === ACKNOWLEDGEMENT) return Kind.Answer;
  return bytes[start + 1] === EVENT ? Kind.Push : Kind.Other;
}
