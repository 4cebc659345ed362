export type { BodyCompression } from 'nestjs-pomelo-protocol';
export type {
  ClientEvents,
  ClientState,
  CloseEvent,
  KickEvent,
  ReconnectedEvent,
  ReconnectingEvent,
} from './client-events.js';
export type { Listener, Subscribable } from './emitter.js';
export type { ConnectTarget, Endpoint, EndpointProtocol } from './endpoint.js';
export { PomeloClientError, PomeloRequestError, type ClientErrorCode } from './errors.js';
export { messageFraming, type Framing, type PackageReader } from './framing.js';
export type { NextPushOptions } from './next-push.js';
export type { ClientOptions, ErrorMode, RequestOptions } from './options.js';
export type { ReconnectPolicy } from './reconnect.js';
export type { Transport, TransportFactory, TransportSink } from './transport.js';
export { webSocketTransport, type WebSocketLike } from './websocket.transport.js';
