import { channel } from 'node:diagnostics_channel';

/** Where a refusal was noticed: from the socket to the session. */
export type RejectLayer = 'transport' | 'package' | 'handshake' | 'message' | 'handler' | 'session';

/** Why something was refused. A fixed list, so that no text of a client ever names a counter. */
export type RejectReason =
  // transport
  | 'handshake_timeout'
  | 'heartbeat_timeout'
  | 'heartbeat_flood'
  | 'bad_first_byte'
  | 'max_connections'
  | 'conn_rate'
  | 'ip_denied'
  | 'proxy_untrusted'
  | 'proxy_malformed'
  | 'xff_untrusted'
  | 'tls_error'
  | 'tls_timeout'
  | 'slow_consumer'
  | 'peer_reset'
  // HTTP
  | 'http_get'
  | 'http_method'
  | 'http_bad'
  | 'upgrade_refused'
  | 'origin'
  // WebSocket
  | 'ws_protocol'
  | 'ws_fragments'
  | 'ws_text'
  | 'ping_flood'
  // package
  | 'bad_type'
  | 'empty'
  | 'truncated'
  | 'oversize'
  // handshake
  | 'before_handshake'
  | 'before_ack'
  | 'bad_handshake'
  | 'double_handshake'
  | 'double_ack'
  | 'old_client'
  | 'handshake_refused'
  // message
  | 'malformed'
  | 'bad_id'
  | 'bad_message_type'
  | 'unknown_route'
  | 'bad_body'
  | 'rate_limited'
  // handler
  | 'handler_error'
  | 'handler_timeout'
  | 'unhandled'
  // session
  | 'push_dropped';

/** Something was refused: bytes, a message, a handshake. Nothing in here comes from a client's text. */
export interface RejectEvent {
  readonly layer: RejectLayer;
  readonly reason: RejectReason;
  /** `tcp`, `ws`, `http`, or the name of another connector. */
  readonly transport: string;
}

/** A session began or ended. */
export interface SessionEndEvent {
  /** One of the words of `CloseReason`; `kick` for every reason of the application's own. */
  readonly reason: string;
  readonly transport: string;
}

/** Every channel of this package; subscribe with `node:diagnostics_channel`. Nobody subscribed costs nothing. */
const rejects = channel('nestjs-pomelo:reject');
const sessionEnds = channel('nestjs-pomelo:session-end');

/** Reports a refusal to whoever listens on `nestjs-pomelo:reject`. */
export function reportReject(layer: RejectLayer, reason: RejectReason, transport: string): void {
  if (rejects.hasSubscribers) rejects.publish({ layer, reason, transport } satisfies RejectEvent);
}

/** Reports the end of a session to whoever listens on `nestjs-pomelo:session-end`. */
export function reportSessionEnd(reason: string, transport: string): void {
  if (sessionEnds.hasSubscribers) sessionEnds.publish({ reason, transport } satisfies SessionEndEvent);
}
