import { RouteDictionary } from 'nestjs-pomelo-protocol';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { connectionContext } from '../connection/connection-context.js';
import { Listener } from '../connection/listener.js';
import { listenToSocket, listenToWebSocket } from '../connection/socket-events.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import { readFirstByte } from './first-byte.js';
import { HandshakeReplies } from './handshake-replies.js';
import { HybridClient } from './hybrid-client.js';
import { HybridCodec, wrapMessage } from './hybrid-codec.js';
import type { HybridContext } from './hybrid-context.js';
import { resolveHybridOptions, type HybridOptions, type ResolvedHybridOptions } from './hybrid.options.js';
import { loadProtobuf, watchProtobuf, type ProtobufGeneration } from './protobuf-schemas.js';
import { WireProfiles } from './wire-profile.js';

/** Pomelo's hybridconnector: TCP, WebSocket and HTTP on one port, decided on the first byte. */
export class HybridConnector implements Connector {
  private readonly settings: ResolvedHybridOptions;
  private codec: HybridCodec | undefined;
  private listener: Listener | undefined;
  private stopWatching: () => void = () => {};

  constructor(options: HybridOptions) {
    this.settings = resolveHybridOptions(options);
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const context = this.createContext(manager);
    const { port, host, backlog, edge } = this.settings;
    const options = {
      port,
      ...(host === undefined ? {} : { host }),
      ...(backlog === undefined ? {} : { backlog }),
      protocol: 'tcp+ws',
      edge,
    };
    this.codec = new HybridCodec(manager.limits);
    this.listener = new Listener(context, options, {
      kindOf: readFirstByte,
      stream: (socket, chunk, peer) => {
        const client = new HybridClient(context, socket, undefined, peer);
        listenToSocket(socket, client);
        client.onStream(chunk);
      },
      webSocket: (webSocket, socket, peer) =>
        listenToWebSocket(webSocket, socket, new HybridClient(context, socket, webSocket, peer)),
    });
    return [await this.listener.start()];
  }

  async stop(): Promise<void> {
    this.stopWatching();
    await this.listener?.stop();
  }

  /** Reads the certificates again, for new connections: for a signal handler. Connected clients keep theirs. */
  reload(): void {
    this.listener?.reload();
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    if (this.settings.decode !== undefined) return this.settings.decode(client, message);
    // Only this connector makes its clients.
    return this.codec?.decode(client as HybridClient, message);
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer {
    if (this.settings.encode !== undefined) return wrapMessage(this.settings.encode(client, id, route, body));
    if (this.codec === undefined) throw new Error('The connector has not been started.');
    return this.codec.encode(client as HybridClient, id, route, body);
  }

  encodingKey(client: ClientSocket): unknown {
    return this.settings.encode === undefined ? (client as HybridClient).profile : client;
  }

  private createContext(manager: ClientManager): HybridContext {
    const { settings } = this;
    const protobuf = settings.protobuf === undefined ? undefined : loadProtobuf(settings.protobuf);
    const context: HybridContext = {
      ...connectionContext(manager, settings.heartbeatSeconds > 0 ? settings.heartbeatTimeoutMs : Infinity),
      options: settings,
      replies: new HandshakeReplies(settings.heartbeatSeconds),
      profiles: this.createProfiles(manager, protobuf),
    };
    if (settings.protobuf?.watch === true) {
      this.stopWatching = watchProtobuf(settings.protobuf, (next) => {
        context.profiles = this.createProfiles(manager, next);
      });
    }
    return context;
  }

  private createProfiles(manager: ClientManager, protobuf: ProtobufGeneration | undefined): WireProfiles {
    const { dictionaryExtras, compressFrom } = this.settings;
    const dictionary =
      dictionaryExtras === undefined ? undefined : RouteDictionary.build(manager.routes(), dictionaryExtras);
    return new WireProfiles(dictionary, protobuf, compressFrom);
  }
}

/** Makes the hybrid connector: `connectors: [hybrid({ port: 3010 })]`. */
export function hybrid(options: HybridOptions): HybridConnector {
  return new HybridConnector(options);
}
