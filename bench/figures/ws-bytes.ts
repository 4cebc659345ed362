const MASK = [0x37, 0xfa, 0x21, 0x3d] as const;

/** What asks a server for a WebSocket. */
export const UPGRADE = Buffer.from(
  [
    'GET / HTTP/1.1',
    'Host: 127.0.0.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    '',
    '',
  ].join('\r\n'),
);

/** First byte of a whole binary frame. */
export const BINARY_FRAME = 0x82;

/** A binary frame of a client, for less than 64 KiB. */
export function maskedFrame(payload: Buffer): Buffer {
  const long = payload.length > 125;
  const head = Buffer.from([
    BINARY_FRAME,
    0x80 | (long ? 126 : payload.length),
    ...(long ? [0, 0] : []),
    ...MASK,
  ]);
  if (long) head.writeUInt16BE(payload.length, 2);
  const masked = Buffer.allocUnsafe(payload.length);
  for (let at = 0; at < payload.length; at += 1) masked[at] = (payload[at] ?? 0) ^ (MASK[at % 4] ?? 0);
  return Buffer.concat([head, masked]);
}

/** Bytes of the header of a server's frame, as its second byte says. */
export function frameHeadBytes(second: number): number {
  if (second < 126) return 2;
  return second === 126 ? 4 : 10;
}
