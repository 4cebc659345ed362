import { Logger } from '@nestjs/common';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import { beginsLikeHttp } from '../../edge/first-byte.js';
import { connectionContext } from '../connection/connection-context.js';
import { Listener, type ListenerOptions, type ListenerTargets } from '../connection/listener.js';
import { ListeningConnector } from '../connection/listening-connector.js';
import { clientTargets } from '../connection/socket-events.js';
import type { ClientManager, ClientMessage, ClientSocket, Connector } from '../connector.interface.js';
import { GateClient } from './gate-client.js';
import { GateCodec } from './gate-codec.js';
import type { GateContext } from './gate-context.js';
import { MAX_PACK_BYTES, PLAIN_CODEC } from './gate-packs.js';
import type { GateAddress, GateOptions } from './gate.options.js';
import { encryptedCodec } from './pack-encryption.js';
import { resolveGateOptions, type ResolvedGateOptions } from './resolve-gate-options.js';
import { SessionLearner } from './session-learner.js';

const OBSOLETE =
  'gate.encryptKey serves old clients only: it hides from nobody which packs are alike, and lets everybody change them. Use TLS.';

/** The gate of the mqant family: packs of a topic and bytes, over TCP and WebSocket. */
export class GateConnector extends ListeningConnector implements Connector {
  protected readonly settings: ResolvedGateOptions;
  private codec: GateCodec | undefined;
  private learner: SessionLearner | undefined;
  private readonly contexts: GateContext[] = [];

  constructor(options: GateOptions) {
    super();
    this.settings = resolveGateOptions(options);
  }

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    const { settings } = this;
    const { tcp, ws, encryptKey } = settings;
    const { maxPackSize = Math.min(MAX_PACK_BYTES, manager.limits.packageBytes) } = settings;
    if (encryptKey) new Logger('Pomelo').warn(OBSOLETE);
    this.codec = new GateCodec(settings, { maxBytes: maxPackSize, maxDepth: manager.limits.jsonDepth });
    const learner = new SessionLearner(settings, manager.limits.handshakeHookMs);
    this.learner = learner;
    for (const [protocol, address] of Object.entries({ tcp, ws })) {
      if (address === undefined) continue;
      const context = contextOf(manager, settings, maxPackSize, learner);
      this.contexts.push(context);
      this.listeners.push(this.listener(context, address, protocol === 'tcp'));
    }
    const addresses: ListenAddress[] = [];
    for (const listener of this.listeners) addresses.push(await listener.start());
    return addresses;
  }

  /** Ends every connection, and waits for `onDisconnect` of each. */
  override async stop(): Promise<void> {
    await super.stop();
    // Their connections are gone; some sockets say so only later.
    for (const { clients } of this.contexts) for (const client of clients) client.onClosed('stopping');
    await this.learner?.settled();
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined {
    // Only this connector makes its clients.
    return this.codec?.decode(client as GateClient, message);
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    return this.codec?.encode(client as GateClient, id, route, body);
  }

  /** Clients with the same codec read the same bytes, unless the application looks at what each of them gets. */
  encodingKey(client: ClientSocket): unknown {
    return this.settings.sendMessageHook === undefined ? (client as GateClient).codec : client;
  }

  private listener(context: GateContext, address: GateAddress, isTcp: boolean): Listener {
    const { edge, bufSize, shakeHandler } = this.settings;
    const options: ListenerOptions = {
      ...address,
      protocol: isTcp ? 'tcp' : 'ws',
      edge,
      maxMessageBytes: context.maxPackBytes,
      ...(bufSize === undefined || !isTcp ? {} : { readAheadBytes: bufSize }),
    };
    const targets: ListenerTargets = {
      speaksFirst: isTcp,
      // A pack may begin with any byte.
      kindOf: (byte) => (isTcp ? 'stream' : beginsLikeHttp(byte) ? 'http' : 'unknown'),
      ...clientTargets(
        (socket, webSocket, peer) => new GateClient(context, socket, webSocket, peer),
        (client) => client.announce(),
      ),
      ...(shakeHandler === undefined ? {} : { checkUpgrade: shakeHandler }),
    };
    return new Listener(context, options, targets);
  }
}

function contextOf(
  manager: ClientManager,
  options: ResolvedGateOptions,
  maxPackBytes: number,
  learner: SessionLearner,
): GateContext {
  const { heartOverTimer, overTime = manager.limits.handshakeMs, encryptKey, encryption = 'v1.1' } = options;
  const codec = encryptKey ? encryptedCodec(encryptKey, encryption) : PLAIN_CODEC;
  return {
    ...connectionContext(manager, heartOverTimer > 0 ? heartOverTimer : Infinity),
    clients: new Set(),
    limits: { ...manager.limits, handshakeMs: overTime },
    options,
    maxPackBytes,
    learner,
    codecFor: options.agent ?? (() => codec),
  };
}

/** Makes the gate connector: `connectors: [gate({ tcp: { port: 3563 }, ws: { port: 3653 } })]`. */
export function gate(options: GateOptions): GateConnector {
  return new GateConnector(options);
}
