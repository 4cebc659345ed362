/** Bytes of the Pomelo protocol spelled out by hand, so that no codec under test has a part in them. */

/** A package: type, length, body. */
export function pack(type: number, ...body: readonly (Uint8Array | string | readonly number[])[]): Buffer {
  const parts = body.map((part) => Buffer.from(part as Uint8Array));
  const bytes = Buffer.concat(parts);
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type * 2 ** 24 + bytes.length);
  return Buffer.concat([head, bytes]);
}

/** A handshake with this text. */
export const hello = (text: string): Buffer => pack(1, text);
/** The shortest handshake there is. */
export const HELLO = hello('{"sys":1}');
/** HANDSHAKE_ACK. */
export const ACK = pack(2);
/** HEARTBEAT. */
export const HEARTBEAT = pack(3);

/** A message with its flag byte, id (0 is none), full route and body. */
export function message(flag: number, id: number, route: string, body: Uint8Array | string = '{}'): Buffer {
  return pack(4, [flag], id === 0 ? [] : varint(id), [Buffer.byteLength(route)], route, body);
}

/** A request. */
export const request = (id: number, route: string, body?: Uint8Array | string): Buffer =>
  message(0, id, route, body);

/** A notify. */
export const notify = (route: string, body?: string): Buffer => message(2, 0, route, body);

/** The answer to a request, with this text. */
export const answer = (id: number, body: Uint8Array | string): Buffer => pack(4, [4], varint(id), body);

/** The kick that ends a connection which broke the rules. */
export const kick = (reason: string, code: number): Buffer => pack(5, JSON.stringify({ reason, code }));

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}
