/** A package of the Pomelo protocol, spelled out by hand: no codec under measurement has a part in the load. */
export function pack(type: number, ...body: readonly (string | readonly number[])[]): Buffer {
  const bytes = Buffer.concat(body.map((part) => Buffer.from(part as string)));
  const head = Buffer.alloc(PACKAGE_HEAD_BYTES);
  head.writeUInt32BE(type * 2 ** 24 + bytes.length);
  return Buffer.concat([head, bytes]);
}

/** A request whose id fits into one byte. */
export function request(id: number, route: string, body: unknown = {}): Buffer {
  return pack(DATA, [0, id, route.length], route, JSON.stringify(body));
}

/** Bytes before the body of a package. */
export const PACKAGE_HEAD_BYTES = 4;
/** Package type of a handshake. */
export const HANDSHAKE = 1;
/** Package type of a message. */
export const DATA = 4;
/** What a JavaScript client says first. */
export const HELLO = pack(HANDSHAKE, '{"sys":{"type":"js-websocket","version":"0.0.1"}}');
/** What it says when it has read the answer. */
export const ACK = pack(2);
/** Puts its sender into the room that is broadcast to. */
export const JOIN = request(1, 'connector.entryHandler.join');
