import type { ConnectionQuota, ConnectionTicket } from '../../edge/connection-quota.js';
import type { TrustedProxies } from '../../edge/trusted-proxies.js';
import { reportReject } from '../../diagnostics.js';

/** Its HTTP connections count their bytes themselves. */
const NO_BYTES = { bytesRead: 0, bytesWritten: 0 };

/**
 * A client that polls is one more connection, beside those it makes: else one connection could bring any number of
 * clients. `undefined` when there are too many.
 */
export function pollingTicket(
  connections: ConnectionQuota,
  proxies: TrustedProxies,
  address: string,
): ConnectionTicket | undefined {
  const ticket = connections.enter(NO_BYTES);
  const refusal = proxies.trusts(address) ? undefined : ticket?.identify(address);
  if (ticket !== undefined && refusal === undefined) return ticket;
  ticket?.leave();
  reportReject('transport', refusal ?? 'max_connections', 'http');
  return undefined;
}
