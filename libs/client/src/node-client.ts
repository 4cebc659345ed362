import { BaseClient } from './client.js';
import { resolveEndpoint, type ConnectTarget } from './endpoint.js';
import { resolveOptions, type ClientOptions } from './options.js';
import { tcpTransport } from './tcp.transport.js';
import type { TransportFactory } from './transport.js';
import { webSocketTransport } from './websocket.transport.js';

const tcp = tcpTransport();

/** Loaded when the first WebSocket is opened, because Node 20 has none of its own. */
const webSocket = webSocketTransport(async (url) => new (await import('ws')).WebSocket(url));

const nodeTransport: TransportFactory = (endpoint, sink, signal) =>
  (endpoint.protocol === 'tcp' ? tcp : webSocket)(endpoint, sink, signal);

/** A client of a Pomelo-family server over TCP or WebSocket, for Node. */
export class PomeloClient extends BaseClient {
  /**
   * Connects; fulfils when the handshake is acknowledged. Parts without a protocol mean TCP.
   *
   * @throws PomeloClientError `BAD_ENDPOINT`, `CONNECT_FAILED`, `HANDSHAKE_REFUSED` (with `status`), `KICKED`, `PROTOCOL`,
   * `TIMEOUT` or `ABORTED`.
   */
  static async connect(target: ConnectTarget, options: ClientOptions = {}): Promise<PomeloClient> {
    const endpoint = resolveEndpoint(target, 'tcp');
    const client = new PomeloClient(endpoint, resolveOptions(options, nodeTransport));
    await client.open();
    return client;
  }
}
