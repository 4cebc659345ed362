import { JsonRefusal, readHandshakeRequest } from 'nestjs-pomelo-protocol';
import type { ListenAddress } from '../cluster/server-info.interface.js';
import type {
  ClientManager,
  ClientMessage,
  ClientSocket,
  Connector,
  HandshakeData,
  HandshakeReply,
} from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { toErrorReply } from '../errors/error-reply.js';
import type { PomeloLimits } from '../options/limits.js';
import { TestClient } from './test-client.js';
import { TestClientError } from './test-client.errors.js';
import { TestCodec } from './test-codec.js';
import { TestConnection } from './test-connection.js';

/** What a {@link TestClient} says of itself. */
export interface TestClientOptions {
  /** `sys` of the handshake. Default empty. */
  readonly sys?: Readonly<Record<string, unknown>>;
  /** `user` of the handshake. */
  readonly user?: unknown;
  /** Where it seems to come from. Default 127.0.0.1. */
  readonly remoteAddress?: string;
}

/** A handshake that is refused without further words. */
const FAILED = 500;

/**
 * A connector without sockets: its clients live in the process of the test, and everything between them and the handlers is
 * the real thing. Give it to `PomeloModule.forRoot`, or to {@link replaceConnectors}.
 */
export class TestConnector implements Connector {
  private manager: ClientManager | undefined;
  private codec: TestCodec | undefined;
  private readonly connections = new Set<TestConnection>();

  async start(clients: ClientManager): Promise<ListenAddress[]> {
    this.manager = clients;
    this.codec = new TestCodec(clients.limits);
    return [{ protocol: 'test', host: 'in-process', port: 0 }];
  }

  async stop(): Promise<void> {
    this.manager = undefined;
    const open = [...this.connections];
    for (const connection of open) connection.close('stopping');
    await Promise.all(open.map(({ ended }) => ended));
  }

  decode(client: ClientSocket, message: Buffer): ClientMessage {
    return this.started.decode(client, message);
  }

  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer {
    return this.started.encode(client, id, route, body);
  }

  /** All clients speak alike. */
  encodingKey(): unknown {
    return this;
  }

  /**
   * Connects a client and shakes hands, through the guards and hooks of the handshake. Rejects with
   * {@link TestClientError}: `CONNECT_FAILED` before the application has started and when there are too many connections,
   * `HANDSHAKE_REFUSED` with the `status` of the refusal.
   */
  async connect(options: TestClientOptions = {}): Promise<TestClient> {
    const { manager } = this;
    if (manager === undefined)
      throw new TestClientError(
        'CONNECT_FAILED',
        'no application runs with this connector; await app.init()',
      );
    const handshake = overTheWire(options, manager.limits);
    const connection = this.admit(manager, options.remoteAddress ?? '127.0.0.1');
    const user = await shakeHands(connection, manager.addClient(connection, handshake));
    return new TestClient(connection, user);
  }

  private get started(): TestCodec {
    if (this.codec === undefined) throw new Error('The connector has not been started.');
    return this.codec;
  }

  private admit(manager: ClientManager, remoteAddress: string): TestConnection {
    const connection = new TestConnection(manager, remoteAddress);
    const ticket = manager.connections.enter(connection);
    const refusal = ticket === undefined ? 'max_connections' : ticket.identify(remoteAddress);
    if (refusal !== undefined) {
      ticket?.leave();
      reportReject('transport', refusal, TestConnector.name);
      throw new TestClientError('CONNECT_FAILED', refusal);
    }
    this.connections.add(connection);
    void connection.ended.then(() => {
      this.connections.delete(connection);
      ticket?.leave();
    });
    return connection;
  }
}

/** The handshake as it arrives. Throws what JSON cannot say. */
function overTheWire(
  { sys = {}, user }: TestClientOptions,
  { handshakeBytes: maxBytes, jsonDepth: maxDepth }: Readonly<PomeloLimits>,
): HandshakeData {
  const bytes = Buffer.from(JSON.stringify({ sys, user }));
  const request = readHandshakeRequest(bytes, 0, bytes.length, { maxBytes, maxDepth });
  if (request instanceof JsonRefusal) throw refused(FAILED, request.reason);
  return request;
}

/** `user` of the answer. Rejects with `HANDSHAKE_REFUSED`, also when the server ends the connection meanwhile. */
async function shakeHands(
  connection: TestConnection,
  decision: void | Promise<HandshakeReply>,
): Promise<unknown> {
  try {
    const reply = await Promise.race([decision, connection.ended]);
    if (!connection.isOpen) throw refused(FAILED, 'the server ended the connection');
    // A falsy user is left out, as on the wire.
    return reply?.user ? JSON.parse(JSON.stringify(reply.user)) : undefined;
  } catch (error) {
    connection.close('handshake_refused');
    if (error instanceof TestClientError) throw error;
    const { code = FAILED, msg = 'internal error' } = toErrorReply(error) ?? {};
    throw refused(code, msg);
  }
}

function refused(status: number, detail: string): TestClientError {
  return new TestClientError('HANDSHAKE_REFUSED', detail, status);
}
