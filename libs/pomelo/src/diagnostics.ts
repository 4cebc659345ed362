import { channel } from 'node:diagnostics_channel';
import { CLOSE_REASONS, type CloseReason } from './connectors/connector.interface.js';

/** The layers of {@link RejectLayer}. */
export const REJECT_LAYERS = ['transport', 'package', 'handshake', 'message', 'handler', 'session'] as const;

/** Where a refusal was noticed: from the socket to the session. */
export type RejectLayer = (typeof REJECT_LAYERS)[number];

/** The words of {@link RejectReason}. */
export const REJECT_REASONS = [
  // transport
  'handshake_timeout',
  'heartbeat_timeout',
  'heartbeat_flood',
  'bad_first_byte',
  'max_connections',
  'conn_rate',
  'ip_denied',
  'proxy_untrusted',
  'proxy_malformed',
  'xff_untrusted',
  'tls_error',
  'tls_timeout',
  'slow_consumer',
  'peer_reset',
  // HTTP
  'http_get',
  'http_method',
  'http_bad',
  'upgrade_refused',
  'origin',
  // WebSocket
  'ws_protocol',
  'ws_fragments',
  'ws_text',
  'ping_flood',
  // package
  'bad_type',
  'empty',
  'truncated',
  'oversize',
  // handshake
  'before_handshake',
  'before_ack',
  'bad_handshake',
  'double_handshake',
  'double_ack',
  'old_client',
  'handshake_refused',
  // tokens
  'bad_token',
  'token_expired',
  'replay',
  'not_resumed',
  // message
  'malformed',
  'bad_id',
  'bad_message_type',
  'unknown_route',
  'bad_body',
  'bad_signature',
  'rate_limited',
  'overloaded',
  // handler
  'handler_error',
  'handler_timeout',
  'unhandled',
  // session
  'bad_uid',
  'rebind',
  'push_dropped',
  'channel_denied',
] as const;

/** Why something was refused. A fixed list, so that no text of a client ever names a counter. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Something was refused: bytes, a message, a handshake. Nothing in here comes from a client's text. */
export interface RejectEvent {
  readonly layer: RejectLayer;
  readonly reason: RejectReason;
  /** `tcp`, `ws`, `http`, or the name of another connector. */
  readonly transport: string;
}

/** A session ended. */
export interface SessionEndEvent {
  /** One of the words of `CloseReason` or `RejectReason`; `kick` for every other word of the application. */
  readonly reason: string;
  /** As in {@link RejectEvent}. */
  readonly transport: string;
}

/** Every word that a {@link SessionEndEvent} may have for its reason. */
export const SESSION_END_REASONS: ReadonlySet<string> = new Set([...CLOSE_REASONS, ...REJECT_REASONS]);

/** Tells a {@link RejectEvent}; subscribe with `node:diagnostics_channel`. Nobody subscribed costs nothing. */
export const REJECT_CHANNEL = 'nestjs-pomelo:reject';
/** Tells a {@link SessionEndEvent}. */
export const SESSION_END_CHANNEL = 'nestjs-pomelo:session-end';

const rejects = channel(REJECT_CHANNEL);
const sessionEnds = channel(SESSION_END_CHANNEL);

/** Reports a refusal to whoever listens on `nestjs-pomelo:reject`. */
export function reportReject(layer: RejectLayer, reason: RejectReason, transport: string): void {
  if (rejects.hasSubscribers) rejects.publish({ layer, reason, transport } satisfies RejectEvent);
}

/** Reports the end of a session to whoever listens on `nestjs-pomelo:session-end`. */
export function reportSessionEnd(given: CloseReason, transport: string): void {
  if (!sessionEnds.hasSubscribers) return;
  const reason = SESSION_END_REASONS.has(given) ? given : 'kick';
  sessionEnds.publish({ reason, transport } satisfies SessionEndEvent);
}
