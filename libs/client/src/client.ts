import type { ClientEvents, ClientState } from './client-events.js';
import { Emitter, type Listener, type Subscribable } from './emitter.js';
import type { Endpoint } from './endpoint.js';
import { Lifecycle } from './lifecycle.js';
import { nextPush, type NextPushOptions } from './next-push.js';
import type { RequestOptions, ResolvedOptions } from './options.js';

/**
 * A client of a Pomelo-family server: all that Node and browsers share. Made by `PomeloClient.connect`, which each
 * environment has its own of.
 */
export abstract class BaseClient {
  private readonly happenings = new Emitter<ClientEvents>((error, name) =>
    name === 'error' ? rethrow(error) : this.report(error),
  );
  private readonly pushes = new Emitter<Record<string, unknown>>((error) => this.report(error));
  private readonly lifecycle: Lifecycle;

  protected constructor(
    endpoint: Endpoint,
    private readonly options: ResolvedOptions,
  ) {
    this.lifecycle = new Lifecycle(endpoint, options, this.happenings, (route, body) => {
      this.pushes.emit(route, body);
      this.happenings.emit('push', { route, body });
    });
  }

  /** What happens to the client itself: kicks, lost connections, reconnects, the end. */
  get events(): Subscribable<ClientEvents> {
    return this.happenings;
  }

  /** `open` when requests can be sent. */
  get state(): ClientState {
    return this.lifecycle.state;
  }

  /** `user` of the newest handshake reply. */
  get user(): unknown {
    return this.lifecycle.user;
  }

  /**
   * Asks the server and waits for its answer. Always settles. The type of the answer is the caller's claim; nothing
   * checks it.
   *
   * @throws PomeloRequestError when the answer reports an error (see `errors` of the options); PomeloClientError
   * `TIMEOUT`, `ABORTED`, `CLOSED` or `NOT_CONNECTED`; ProtocolError or TypeError when the body cannot be sent.
   */
  async request<T = unknown>(route: string, body?: unknown, options: RequestOptions = {}): Promise<T> {
    const answer = await this.lifecycle.messages.request(route, body, {
      timeoutMs: options.timeoutMs ?? this.options.requestTimeoutMs,
      signal: options.signal,
      errors: options.errors ?? this.options.errors,
    });
    return answer as T;
  }

  /**
   * Tells the server something that has no answer.
   *
   * @throws PomeloClientError `CLOSED` or `NOT_CONNECTED`; ProtocolError or TypeError when the body cannot be sent.
   */
  notify(route: string, body?: unknown): void {
    this.lifecycle.messages.notify(route, body);
  }

  /**
   * Listens to the pushes of a route, across reconnects; the function returned stops. The type of the body is the
   * caller's claim.
   */
  on<T = unknown>(route: string, listener: Listener<T>): () => void {
    return this.pushes.on(route, listener as Listener<unknown>);
  }

  /** Stops listening. */
  off<T = unknown>(route: string, listener: Listener<T>): void {
    this.pushes.off(route, listener as Listener<unknown>);
  }

  /** The body of the next push of a route; rejects with `CLOSED` or `ABORTED`, never by time. */
  async once<T = unknown>(route: string, options: NextPushOptions = {}): Promise<T> {
    return (await nextPush(this.pushes, route, this.lifecycle.closed, options)) as T;
  }

  /** Closes for good: what is in flight rejects with `CLOSED`. Fulfils when the socket is closed; may be repeated. */
  close(): Promise<void> {
    return this.lifecycle.close();
  }

  /** Connects for the first time. */
  protected open(): Promise<void> {
    return this.lifecycle.open();
  }

  private report(error: unknown): void {
    if (this.happenings.has('error')) this.happenings.emit('error', error);
    else rethrow(error);
  }
}

/** Out of the socket's callback, into the environment's handler of uncaught exceptions. */
function rethrow(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
