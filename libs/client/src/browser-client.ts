import { BaseClient } from './client.js';
import { resolveEndpoint, type ConnectTarget } from './endpoint.js';
import { resolveOptions, type ClientOptions } from './options.js';
import { webSocketTransport } from './websocket.transport.js';

const browserTransport = webSocketTransport((url) => new WebSocket(url));

/** A client of a Pomelo-family server over WebSocket, for browsers. */
export class PomeloClient extends BaseClient {
  /**
   * Connects; fulfils when the handshake is acknowledged. Parts without a protocol mean `ws`.
   *
   * @throws PomeloClientError `BAD_ENDPOINT`, `CONNECT_FAILED` (also for TCP, which browsers do not have),
   * `HANDSHAKE_REFUSED` (with `status`), `KICKED`, `PROTOCOL`, `TIMEOUT` or `ABORTED`.
   */
  static async connect(target: ConnectTarget, options: ClientOptions = {}): Promise<PomeloClient> {
    const endpoint = resolveEndpoint(target, 'ws');
    const client = new PomeloClient(endpoint, resolveOptions(options, browserTransport));
    await client.open();
    return client;
  }
}
