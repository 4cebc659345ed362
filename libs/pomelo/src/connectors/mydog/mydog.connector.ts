import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { beginsLikeHttp, type FirstByte } from '../../edge/first-byte.js';
import { connectionContext } from '../connection/connection-context.js';
import { FlushQueue } from '../connection/flush-queue.js';
import { Listener } from '../connection/listener.js';
import { ListeningConnector } from '../connection/listening-connector.js';
import { clientTargets } from '../connection/socket-events.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import { MydogClient } from './mydog-client.js';
import { MydogCodec } from './mydog-codec.js';
import { LENGTH_BYTES } from './mydog-frames.js';
import type { MydogContext } from './mydog-context.js';
import { resolveMydogOptions, type MydogOptions, type ResolvedMydogOptions } from './mydog.options.js';
import { RouteTable } from './route-table.js';

/** The connectors of mydog, TCP and WebSocket: commands instead of routes, answers in order, no ids. */
export class MydogConnector extends ListeningConnector implements Connector {
  protected readonly settings: ResolvedMydogOptions;
  private codec: MydogCodec | undefined;

  constructor(options: MydogOptions) {
    super();
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
    const listener = new Listener(context, options, {
      kindOf: (byte) => this.kindOf(byte),
      ...clientTargets((socket, webSocket, peer) => new MydogClient(context, socket, webSocket, peer)),
    });
    this.listeners.push(listener);
    return [await listener.start()];
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

  /** The length of a frame begins with 0 unless it is longer than 16 MiB. */
  private kindOf(byte: number): FirstByte {
    const { transport } = this.settings;
    if (beginsLikeHttp(byte)) return transport === 'tcp' ? 'unknown' : 'http';
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
