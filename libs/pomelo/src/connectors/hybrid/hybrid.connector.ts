import { RouteDictionary } from 'nestjs-pomelo-protocol';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { connectionContext } from '../connection/connection-context.js';
import { Listener } from '../connection/listener.js';
import { ListeningConnector } from '../connection/listening-connector.js';
import { clientTargets } from '../connection/socket-events.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import type { CodecClient } from './codec-client.interface.js';
import { CodedClient } from './coded-client.js';
import { readFirstByte } from './first-byte.js';
import { HandshakeReplies } from './handshake-replies.js';
import { HybridClient } from './hybrid-client.js';
import { HybridCodec } from './hybrid-codec.js';
import type { HybridContext } from './hybrid-context.js';
import { resolveHybridOptions, type HybridOptions, type ResolvedHybridOptions } from './hybrid.options.js';
import { loadProtobuf, watchProtobuf, type ProtobufGeneration } from './protobuf-schemas.js';
import { checkSignature } from './signed-message.js';
import { WireProfiles } from './wire-profile.js';

/** What this connector announces. */
type CodecClientSocket = ClientSocket & CodecClient;

/** Pomelo's hybridconnector: TCP, WebSocket and HTTP on one port, decided on the first byte. */
export class HybridConnector extends ListeningConnector implements Connector {
  protected readonly settings: ResolvedHybridOptions;
  private codec: HybridCodec | undefined;
  private stopWatching: () => void = () => {};

  constructor(options: HybridOptions) {
    super();
    this.settings = resolveHybridOptions(options);
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const context = this.createContext(manager);
    const { encode, decode } = this.settings;
    const Client = encode === undefined && decode === undefined ? HybridClient : CodedClient;
    this.codec = new HybridCodec(manager.limits, (route) => manager.isHosted(route));
    const listener = new Listener(
      context,
      { ...this.settings, protocol: 'tcp+ws' },
      {
        kindOf: readFirstByte,
        ...clientTargets((socket, webSocket, peer) => new Client(context, socket, webSocket, peer)),
      },
    );
    this.listeners.push(listener);
    return [await listener.start()];
  }

  override async stop(): Promise<void> {
    this.stopWatching();
    await super.stop();
  }

  // Only this connector makes its clients, here and below.
  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    const { decode, useCrypto } = this.settings;
    const decoded =
      decode === undefined
        ? this.codec?.decode(client as CodecClientSocket, message)
        : (client as CodedClient).decodeWith(decode, message);
    return useCrypto === true && decoded !== undefined
      ? checkSignature(client as CodecClientSocket, decoded)
      : decoded;
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    const { encode } = this.settings;
    if (encode === undefined) return this.codec?.encode(client as CodecClientSocket, id, route, body);
    // A request is always answered.
    const value = body === undefined && id !== undefined ? {} : body;
    return (client as CodedClient).encodeWith(encode, id, route, value);
  }

  encodingKey(client: ClientSocket): unknown {
    return this.settings.encode === undefined ? (client as CodecClientSocket).profile : client;
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
    const { dictionaryExtras, compressFrom, serializer } = this.settings;
    const dictionary =
      dictionaryExtras === undefined ? undefined : RouteDictionary.build(manager.routes(), dictionaryExtras);
    return new WireProfiles(dictionary, protobuf, compressFrom, serializer);
  }
}

/** Makes the hybrid connector: `connectors: [hybrid({ port: 3010 })]`. */
export function hybrid(options: HybridOptions): HybridConnector {
  return new HybridConnector(options);
}
