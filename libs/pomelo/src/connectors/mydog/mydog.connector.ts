import type { ListenAddress } from '../../cluster/server-info.interface.js';
import type { FirstByte } from '../../edge/intake.js';
import { connectionContext } from '../connection/connection-context.js';
import { FlushQueue } from '../connection/flush-queue.js';
import { Listener } from '../connection/listener.js';
import { listenToSocket, listenToWebSocket } from '../connection/socket-events.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import { MydogClient } from './mydog-client.js';
import { MydogCodec } from './mydog-codec.js';
import type { MydogContext } from './mydog-context.js';
import { resolveMydogOptions, type MydogOptions, type ResolvedMydogOptions } from './mydog.options.js';
import { RouteTable } from './route-table.js';

const LENGTH_BYTES = 4;

/** The connectors of mydog, TCP and WebSocket: commands instead of routes, answers in order, no ids. */
export class MydogConnector implements Connector {
  private readonly settings: ResolvedMydogOptions;
  private codec: MydogCodec | undefined;
  private listener: Listener | undefined;

  constructor(options: MydogOptions) {
    this.settings = resolveMydogOptions(options);
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const { settings } = this;
    const context = this.createContext(manager);
    const { limits } = manager;
    const json = { maxBytes: context.maxFrameBytes, maxDepth: limits.jsonDepth };
    this.codec = new MydogCodec(context.table, settings, json);
    const protocol = settings.transport === 'both' ? 'tcp+ws' : settings.transport;
    const options = {
      ...settings,
      protocol,
      maxMessageBytes: context.maxFrameBytes,
      ...connectionLimit(settings),
    };
    this.listener = new Listener(context, options, {
      kindOf: (byte) => this.kindOf(byte),
      stream: (socket, chunk, peer) => {
        const client = new MydogClient(context, socket, undefined, peer);
        listenToSocket(socket, client);
        client.onStream(chunk);
      },
      webSocket: (webSocket, socket, peer) =>
        listenToWebSocket(webSocket, socket, new MydogClient(context, socket, webSocket, peer)),
    });
    return [await this.listener.start()];
  }

  async stop(): Promise<void> {
    await this.listener?.stop();
  }

  /** Reads the certificates again, for new connections. */
  reload(): void {
    this.listener?.reload();
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    // Only this connector makes its clients.
    return this.codec?.decode(client as MydogClient, message);
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    return this.codec?.encode(client as MydogClient, id, route, body);
  }

  /** Every client reads the same bytes. */
  encodingKey(): unknown {
    return this;
  }

  private createContext(manager: ClientManager): MydogContext {
    const { settings } = this;
    const { routes, pushRoutes = [], heartbeat, interval, maxLen = manager.limits.packageBytes } = settings;
    const silenceMs = heartbeat > 0 ? heartbeat * 2_000 : Infinity;
    return {
      ...connectionContext(manager, silenceMs, new FlushQueue(interval)),
      options: settings,
      table: new RouteTable(routes ?? [...new Set([...manager.routes(), ...pushRoutes])]),
      maxFrameBytes: maxLen + LENGTH_BYTES,
    };
  }

  /** The length of a frame begins with 0 unless it is longer than 16 MiB; methods of HTTP are capital letters. */
  private kindOf(byte: number): FirstByte {
    const { transport } = this.settings;
    if (byte >= 0x41 && byte <= 0x5a) return transport === 'tcp' ? 'unknown' : 'http';
    return byte !== 0 || transport === 'ws' ? 'unknown' : 'stream';
  }
}

function connectionLimit({ maxConnectionNum }: MydogOptions): { readonly maxConnections?: number } {
  return maxConnectionNum === undefined ? {} : { maxConnections: maxConnectionNum };
}

/** Makes the mydog connector: `connectors: [mydog({ port: 4010, heartbeat: 60 })]`. */
export function mydog(options: MydogOptions): MydogConnector {
  return new MydogConnector(options);
}
