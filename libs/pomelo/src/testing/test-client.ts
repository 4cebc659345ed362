import { later } from './later.js';
import { PushInbox, type PushListener } from './push-inbox.js';
import { requestErrorOf, TestClientError } from './test-client.errors.js';
import { decodeAsClient, encodeAsClient } from './test-codec.js';
import type { TestConnection } from './test-connection.js';

/** How long {@link TestClient.nextPush} waits. */
export interface NextPushOptions {
  /** Milliseconds until it rejects with `TIMEOUT`. Default 2000. */
  readonly timeoutMs?: number;
}

interface PendingRequest {
  readonly route: string;
  readonly resolve: (body: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A client without a socket, made by `TestConnector.connect`. Nothing that it sends or receives arrives in the same turn, and
 * every body goes through JSON, as on the wire.
 */
export class TestClient {
  /** Fulfils when the connection has ended: with the reason that the server gave, `undefined` when it gave none. */
  readonly closed: Promise<string | undefined>;
  private readonly pushes = new PushInbox();
  private readonly pending = new Map<number, PendingRequest>();
  private lastId = 0;

  /** For `TestConnector`. */
  constructor(
    private readonly connection: TestConnection,
    /** `user` of the answer to the handshake. */
    readonly user: unknown,
  ) {
    this.closed = new Promise((resolve) => {
      const onMessage = (message: Buffer): void => this.receive(message);
      const onEnd = (reason: string | undefined): void => {
        this.end(reason);
        resolve(reason);
      };
      // Whoever awaits this client listens before the first push comes.
      later(() => connection.attach({ onMessage, onEnd }));
    });
  }

  /**
   * Asks the server. Always settles; the type of the answer is the caller's claim.
   *
   * @throws TestRequestError when the answer has a `code` from 400 on; TestClientError `CLOSED`; what JSON and the protocol
   * throw when the body or the route cannot travel.
   */
  async request<T = unknown>(route: string, body?: unknown): Promise<T> {
    const id = this.lastId + 1;
    this.write(route, encodeAsClient(id, route, body));
    this.lastId = id;
    const answer = await new Promise((resolve, reject) => this.pending.set(id, { route, resolve, reject }));
    return answer as T;
  }

  /** Tells the server something that has no answer. Throws as {@link request} rejects. */
  notify(route: string, body?: unknown): void {
    this.write(route, encodeAsClient(undefined, route, body));
  }

  /** Listens to the pushes of a route; the function returned stops. The type of the body is the caller's claim. */
  on<T = unknown>(route: string, listener: PushListener<T>): () => void {
    return this.pushes.on(route, (body) => listener(body as T));
  }

  /**
   * The body of the oldest push of a route that this method has not given yet, also one that came before the call. Rejects
   * with `TIMEOUT` and `CLOSED`.
   */
  async nextPush<T = unknown>(route: string, { timeoutMs = 2000 }: NextPushOptions = {}): Promise<T> {
    return (await this.pushes.take(route, timeoutMs)) as T;
  }

  /** Leaves. Fulfils when the server has heard of it. */
  async disconnect(): Promise<void> {
    this.connection.leave();
    await this.connection.ended;
  }

  private write(route: string, message: Buffer): void {
    if (!this.connection.isOpen) throw new TestClientError('CLOSED', `${route} is not sent`);
    this.connection.write(message);
  }

  private receive(message: Buffer): void {
    const { id, route, body } = decodeAsClient(message);
    if (id === undefined) {
      this.pushes.put(route, body);
      return;
    }
    const request = this.pending.get(id);
    if (request === undefined) throw new Error(`The server answered request ${id} twice.`);
    this.pending.delete(id);
    const error = requestErrorOf(request.route, body);
    if (error === undefined) request.resolve(body);
    else request.reject(error);
  }

  private end(reason: string | undefined): void {
    const because = reason === undefined ? '' : `, because of "${reason}"`;
    for (const { route, reject } of this.pending.values())
      reject(new TestClientError('CLOSED', `${route} has no answer${because}`));
    this.pending.clear();
    this.pushes.close((route) => new TestClientError('CLOSED', `waiting for ${route}${because}`));
  }
}
