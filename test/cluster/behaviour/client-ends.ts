import type { PomeloClient } from 'nestjs-pomelo-client';

/** The reason with which the server kicks a client; empty when it is closed without one. */
export function closeReason(client: PomeloClient): Promise<string> {
  return new Promise((resolve) => {
    client.events.on('kick', ({ reason }) => resolve(reason));
    client.events.on('close', () => resolve(''));
  });
}
