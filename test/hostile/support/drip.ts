import type { HostileClient } from './hostile-client.js';

/** Sends something again and again until the server ends the connection. */
export async function drip(client: HostileClient, bytes: Uint8Array, everyMs: number): Promise<void> {
  const timer = setInterval(() => client.raw(bytes), everyMs);
  try {
    await client.ended;
  } finally {
    clearInterval(timer);
  }
}

/** Sends every byte in a segment of its own. */
export async function byteByByte(client: HostileClient, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    client.raw(Buffer.from([byte]));
    await new Promise(setImmediate);
  }
}
