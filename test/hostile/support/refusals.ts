import { PackageType } from 'nestjs-pomelo-protocol';
import type { HostileClient } from './hostile-client.js';
import { isFramed } from './transport.js';

/**
 * The end that a refusal leads to: a FIN, over WebSocket after a close frame with this code. For whoever goes on sending
 * it becomes a reset after a while; what was said before has arrived all the same.
 */
export function endsWith({ transport, hasFlooded }: HostileClient, code: number): object {
  const how: unknown = hasFlooded ? expect.stringMatching(/^(fin|reset)$/) : 'fin';
  return isFramed(transport) ? { how, code } : { how };
}

/**
 * The client is told why and then closed: before its handshake is answered with a failed one, after it with a kick.
 * Nothing else comes.
 */
export async function expectRefusal(client: HostileClient, reason: string, code: number): Promise<void> {
  const last = client.isGreeted
    ? { type: PackageType.Kick, json: { reason, code } }
    : { type: PackageType.Handshake, json: { code: 500 } };
  expect(await client.rest()).toEqual([last]);
  expect(await client.ended).toEqual(endsWith(client, code));
}

/** The handshake is answered with a code and the connection closed. */
export async function expectHandshakeRefusal(client: HostileClient, code: number): Promise<void> {
  expect(await client.rest()).toEqual([{ type: PackageType.Handshake, json: { code } }]);
  expect(await client.ended).toEqual(endsWith(client, 1000));
}

/** The WebSocket is closed on its own layer, without a word of Pomelo's. */
export async function expectClose(client: HostileClient, code: number): Promise<void> {
  expect(await client.rest()).toEqual([]);
  expect(await client.ended).toEqual(endsWith(client, code));
}
