const END = '\r\n\r\n';

/** Asks for a WebSocket. The key is the same for all: nobody looks at it here. */
export function upgradeRequest(port: number, path: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ];
  return `${lines.join('\r\n')}${END}`;
}

/** Where the frames begin; 0 when the answer is not whole yet. Throws when it is a refusal. */
export function upgradeEnd(bytes: Buffer): number {
  const end = bytes.indexOf(END);
  if (end < 0) return 0;
  if (!bytes.toString('latin1', 0, end).startsWith('HTTP/1.1 101 '))
    throw new Error(`no WebSocket: ${bytes.toString('latin1', 0, end)}`);
  return end + END.length;
}
