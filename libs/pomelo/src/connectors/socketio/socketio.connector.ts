import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { beginsLikeHttp } from '../../edge/first-byte.js';
import { connectorName } from '../bound-connector.js';
import { connectionContext } from '../connection/connection-context.js';
import { Listener } from '../connection/listener.js';
import { ListeningConnector } from '../connection/listening-connector.js';
import type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  Connector,
  ConnectorCodec,
} from '../connector.interface.js';
import type { SocketioClient } from './socketio-client.js';
import { SocketioCodec } from './socketio-codec.js';
import { SocketioEngine } from './socketio-engine.js';
import {
  resolveSocketioOptions,
  type ResolvedSocketioOptions,
  type SocketioOptions,
} from './socketio.options.js';

/** Pomelo's sioconnector on socket.io 4, for clients from socket.io 1 to today's. */
export class SocketioConnector extends ListeningConnector implements Connector {
  readonly options: Partial<ConnectorCodec>;
  protected readonly settings: ResolvedSocketioOptions;
  private codec: SocketioCodec | undefined;
  private engine: SocketioEngine | undefined;

  constructor(options: SocketioOptions) {
    super();
    this.settings = resolveSocketioOptions(options);
    this.options = options;
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const { settings } = this;
    const { packageBytes: maxBytes, jsonDepth: maxDepth } = manager.limits;
    // The engine forgets to look after clients of revision 3 that have moved to a WebSocket.
    const silenceMs = settings.heartbeatInterval + settings.heartbeatTimeout;
    const context = { ...connectionContext(manager, silenceMs), connector: connectorName(this) };
    const engine = new SocketioEngine(context, settings);
    this.codec = new SocketioCodec({ maxBytes, maxDepth });
    this.engine = engine;
    const listener = new Listener(
      context,
      { ...settings, protocol: 'socket.io' },
      {
        protocol: engine,
        kindOf: (byte) => (beginsLikeHttp(byte) ? 'http' : 'unknown'),
        stream: (socket) => void socket.destroy(),
      },
    );
    this.listeners.push(listener);
    return [await listener.start()];
  }

  override async stop(): Promise<void> {
    await this.engine?.close();
    await super.stop();
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    // Only this connector makes its clients.
    return this.codec?.decode(client as SocketioClient, message);
  }

  encode(_client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    return this.codec?.encode(id, route, body);
  }

  /** Every client reads the same bytes. */
  encodingKey(client: ClientSocket): unknown {
    return this.options.encode === undefined ? this : client;
  }
}

/** Makes the socket.io connector: `connectors: [socketio({ port: 3010 })]`. */
export function socketio(options: SocketioOptions): SocketioConnector {
  return new SocketioConnector(options);
}
