/**
 * WebSocket close codes, which also go into the kick that says why the server closes. Codes from 4400 are those of HTTP
 * with 4000 added.
 */
export const CLOSE_CODES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    bad_type: 4400,
    empty: 4400,
    truncated: 4400,
    bad_id: 4400,
    bad_message_type: 4400,
    malformed: 4400,
    before_handshake: 4401,
    before_ack: 4401,
    token_expired: 4401,
    handshake_timeout: 4408,
    heartbeat_timeout: 4408,
    replaced: 4409,
    oversize: 4413,
    rate_limited: 4429,
    heartbeat_flood: 4429,
    ping_flood: 4429,
    stopping: 4503,
    slow_consumer: 4509,
    slow_reader: 4509,
    bad_first_byte: 4400,
    ws_text: 1003,
  }),
);

/** The code of a kick by the application. */
export const KICKED = 4410;
/** The code of a close without a reason. */
export const NORMAL = 1000;
