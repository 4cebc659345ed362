import type { HostileClient } from './hostile-client.js';

/** What an HTTP server said until it closed. */
export interface HttpReply {
  /** Of the first answer; undefined when there was none. */
  readonly status: number | undefined;
  /** Everything that came. */
  readonly text: string;
}

/** Sends bytes on a connection that is no WebSocket, and reads until the server closes it. */
export async function exchange(client: HostileClient, bytes: string): Promise<HttpReply> {
  const reply = readReply(client);
  client.raw(Buffer.from(bytes, 'latin1'));
  return reply;
}

/** Reads until the server closes the connection. */
export async function readReply(client: HostileClient): Promise<HttpReply> {
  let text = '';
  client.socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  await client.ended;
  const status = /^HTTP\/1\.1 (\d+) /.exec(text)?.[1];
  return { status: status === undefined ? undefined : Number(status), text };
}
