import type { ClientEvents, PomeloClient } from 'nestjs-pomelo-client';

/** What the next event of this name carries. */
export function nextEvent<Name extends keyof ClientEvents>(
  client: PomeloClient,
  name: Name,
): Promise<ClientEvents[Name]> {
  return new Promise((resolve) => client.events.once(name, resolve));
}
