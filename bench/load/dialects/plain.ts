import { jsonBody } from '../bodies.js';
import { fixedFraming } from '../framing/stream-framings.js';
import { WebSocketFraming } from '../framing/web-socket-framing.js';
import { Kind, type Dialect, type DialectSettings } from './dialect.js';

/** No protocol: what is sent comes back. */
export function plainDialect({ isWebSocket, bytes }: DialectSettings): Dialect {
  const body = jsonBody(bytes);
  return {
    framing: isWebSocket ? new WebSocketFraming(false) : fixedFraming(bytes),
    isWebSocket,
    path: () => '/',
    hello: undefined,
    greet: () => ({ isReady: true }),
    request: () => body,
    trigger: body,
    kindOf: () => Kind.Answer,
    proof: body,
  };
}

/** The JSON messages of Nest's `WsAdapter`. Everybody gets the broadcasts, which look like answers. */
export function nestDialect({ bytes, method, joins }: DialectSettings): Dialect {
  const body = jsonBody(bytes);
  const event = (name: string): Buffer => Buffer.from(`{"event":"${name}","data":${body.toString()}}`);
  return {
    framing: new WebSocketFraming(true),
    isWebSocket: true,
    path: () => '/',
    hello: undefined,
    greet: () => ({ isReady: true }),
    request: () => event(method),
    trigger: event('bcast'),
    kindOf: () => (joins ? Kind.Push : Kind.Answer),
    proof: body,
  };
}
