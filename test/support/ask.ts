import type { PomeloClient } from 'nestjs-pomelo-client';

/** The body of an answer, whatever it says: errors are bodies too. */
export function ask(client: PomeloClient, route: string, body?: unknown): Promise<unknown> {
  return client.request(route, body, { errors: 'return' });
}
