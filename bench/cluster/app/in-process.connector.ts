import type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  Connector,
  ListenAddress,
  Session,
} from 'nestjs-pomelo';

/** Clients inside the process: what remains to be measured is what is behind the connectors. */
export class InProcessConnector implements Connector {
  private manager: ClientManager | undefined;

  /** `decode` reads the packages of the clients, `encode` writes theirs. */
  constructor(
    readonly decode: (client: ClientSocket, message: Buffer) => ClientMessage,
    readonly encode: (client: ClientSocket, id: number | undefined, route: string, body: unknown) => Buffer,
  ) {}

  async start(manager: ClientManager): Promise<ListenAddress[]> {
    this.manager = manager;
    return [];
  }

  async stop(): Promise<void> {}

  /** Connects a client; `receive` is called with what is sent to it. */
  connect(receive: (bytes: Buffer) => void = ignore): ClientSocket {
    const client: ClientSocket = {
      session: undefined as unknown as Session, // assigned by addClient
      remoteAddress: '127.0.0.1',
      send: receive,
      close: () => this.manager?.removeClient(client),
    };
    void this.manager?.addClient(client);
    return client;
  }

  /** Hands over a package of a client. */
  receive(client: ClientSocket, message: Buffer): void {
    this.manager?.handleMsg(client, message);
  }
}

const SILENCE = Buffer.alloc(0);

/** Clients that say nothing, and whose bytes nobody reads. */
export function silentClients(): InProcessConnector {
  return new InProcessConnector(
    () => ({ route: '', body: undefined }),
    () => SILENCE,
  );
}

function ignore(): void {}
