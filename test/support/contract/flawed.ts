import type { ClientManager, ClientSocket, Connector, ConnectorCodec, ListenAddress } from 'nestjs-pomelo';
import type { ConnectorHarness } from 'nestjs-pomelo/testing';
import { lineHarness } from '../../fixtures/guide/line.harness.js';
import { LineConnector } from '../../fixtures/line.connector.js';

/** What is wrong with a connector: each part gets the honest thing and gives what differs. */
export interface Flaw {
  readonly manager?: (clients: ClientManager) => Partial<ClientManager>;
  readonly client?: (client: HonestClient) => Partial<ClientSocket>;
  readonly connector?: (connector: HonestConnector) => Partial<Connector>;
  readonly codec?: (codec: HonestConnector) => Partial<ConnectorCodec>;
}

/** Parts of a client that work. */
interface HonestClient {
  readonly session: ClientSocket['session'];
  readonly send: (message: Buffer) => boolean | void;
  readonly close: (reason?: string) => void;
}

/** Parts of a connector that work. */
interface HonestConnector {
  readonly start: (clients: ClientManager) => Promise<ListenAddress[]>;
  readonly stop: () => Promise<void>;
  readonly encode: (...args: Parameters<ConnectorCodec['encode']>) => Buffer;
}

/** What is wrong, in words; the case that notices; what that case says; the flaw. */
export type FlawRow = readonly [what: string, noticedBy: string, sentence: RegExp, flaw: Flaw];

const made: LineConnector[] = [];

/** The harness of the line connector, with a flaw. */
export function flawed(flaw: Flaw): ConnectorHarness {
  return {
    ...lineHarness,
    patienceMs: 700,
    create: (port) => {
      const connector = new Flawed(port, flaw);
      made.push(connector);
      const honest = honestPartsOf(connector);
      return Object.assign(connector, flaw.connector?.(honest), flaw.codec?.(honest));
    },
  };
}

/** Stops what a flawed `stop()` has left. */
export async function stopFlawed(): Promise<void> {
  for (const connector of made.splice(0)) await LineConnector.prototype.stop.call(connector);
}

class Flawed extends LineConnector {
  constructor(
    port: number,
    private readonly flaw: Flaw,
  ) {
    super(port);
  }

  override start(clients: ClientManager): Promise<ListenAddress[]> {
    return super.start({ ...this.withClients(clients), ...this.flaw.manager?.(clients) });
  }

  private withClients(clients: ClientManager): ClientManager {
    return {
      limits: clients.limits,
      connections: clients.connections,
      isReady: () => clients.isReady(),
      routes: () => clients.routes(),
      isHosted: (route) => clients.isHosted(route),
      handleHttp: (request, response) => clients.handleHttp(request, response),
      handleMsg: (client, message) => clients.handleMsg(client, message),
      removeClient: (client, reason) => clients.removeClient(client, reason),
      addClient: (client, handshake) => {
        const send = client.send.bind(client);
        const close = client.close.bind(client);
        const parts = this.flaw.client?.({ session: client.session, send, close }) ?? {};
        Object.defineProperties(client, Object.getOwnPropertyDescriptors(parts));
        return clients.addClient(client, handshake);
      },
    };
  }
}

function honestPartsOf(connector: LineConnector): HonestConnector {
  return {
    start: connector.start.bind(connector),
    stop: connector.stop.bind(connector),
    encode: connector.encode.bind(connector),
  };
}
