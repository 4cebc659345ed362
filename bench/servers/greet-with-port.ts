import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { greetParent } from '../process/serve-parent.js';

/** Tells the parent where a server listens, once it does. */
export async function greetWithPort(server: Server): Promise<void> {
  if (!server.listening) await once(server, 'listening');
  greetParent({ port: (server.address() as AddressInfo).port });
}
