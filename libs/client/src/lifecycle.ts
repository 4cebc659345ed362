import type { ClientEvents, ClientState } from './client-events.js';
import { Connection, type ConnectionHooks } from './connection.js';
import type { Emitter } from './emitter.js';
import type { Endpoint } from './endpoint.js';
import { PomeloClientError } from './errors.js';
import type { MessageExchange } from './message-exchange.js';
import type { ResolvedOptions } from './options.js';
import { reconnect, type ReconnectPolicy } from './reconnect.js';
import { isRecord } from './record.js';
import { Vocabulary } from './vocabulary.js';

/** The connections of one client, one after the other, and what is announced between them. */
export class Lifecycle implements ConnectionHooks {
  private readonly vocabulary = new Vocabulary();
  private readonly closing = new AbortController();
  private connection: Connection | undefined;
  private currentState: ClientState = 'connecting';
  private replyUser: unknown;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly options: ResolvedOptions,
    private readonly events: Emitter<ClientEvents>,
    /** Takes pushes as they come; must not throw. */
    readonly onPush: (route: string, body: unknown) => void,
  ) {}

  /** Where the client stands. */
  get state(): ClientState {
    return this.currentState;
  }

  /** `user` of the newest handshake reply. */
  get user(): unknown {
    return this.replyUser;
  }

  /** Aborted when the client is closed for good. */
  get closed(): AbortSignal {
    return this.closing.signal;
  }

  /** The way to the server. Throws `NOT_CONNECTED` while reconnecting, `CLOSED` afterwards. */
  get messages(): MessageExchange {
    if (this.currentState === 'open' && this.connection !== undefined) return this.connection.messages;
    throw new PomeloClientError(this.currentState === 'closed' ? 'CLOSED' : 'NOT_CONNECTED');
  }

  /** Connects for the first time; a failure closes the client and is thrown. */
  async open(): Promise<void> {
    const { signal } = this.options;
    signal?.addEventListener('abort', this.abort);
    if (signal?.aborted === true) this.abort();
    try {
      this.closed.throwIfAborted();
      await this.connect();
    } catch (error) {
      this.finish(error instanceof PomeloClientError ? error : closedBy('CONNECT_FAILED', error));
      throw error;
    }
  }

  /** Closes for good; fulfils when the transport is closed. */
  async close(): Promise<void> {
    this.finish(new PomeloClientError('CLOSED'));
    await this.connection?.ended;
  }

  /** A handshake is done. */
  onOpen(user: unknown): void {
    const again = this.currentState === 'reconnecting';
    this.currentState = 'open';
    this.replyUser = user;
    if (again) this.events.emit('reconnected', { user });
  }

  /** An open connection is over. */
  onEnd(error: PomeloClientError): void {
    if (this.closed.aborted) return;
    const final = error.code === 'KICKED' && !this.options.reconnectAfterKick && !isStopping(error.body);
    const policy = final ? undefined : this.options.reconnect;
    this.currentState = policy === undefined ? 'closed' : 'reconnecting';
    this.announce(error);
    if (policy === undefined) this.finish(error);
    // A listener may have closed the client.
    else if (!this.closed.aborted) void this.reconnect(policy, error);
  }

  private async connect(): Promise<void> {
    this.connection = new Connection(this.endpoint, this.options, this.vocabulary, this);
    await this.connection.opened;
  }

  private async reconnect(policy: ReconnectPolicy, cause: PomeloClientError): Promise<void> {
    const failure = await reconnect({
      policy,
      cause,
      signal: this.closed,
      onWait: (wait) => this.events.emit('reconnecting', wait),
      connect: () => this.connect(),
    });
    if (failure !== undefined) this.finish(failure);
  }

  private announce(error: PomeloClientError): void {
    const { code, body } = error;
    if (code === 'KICKED') this.events.emit('kick', { reason: reasonOf(body), body });
    if (code === 'HEARTBEAT_TIMEOUT') this.events.emit('heartbeatTimeout', error);
    if (code === 'PROTOCOL') this.events.emit('error', error);
  }

  private finish(error: PomeloClientError): void {
    if (this.closed.aborted) return;
    this.currentState = 'closed';
    this.options.signal?.removeEventListener('abort', this.abort);
    this.closing.abort(error);
    this.connection?.end(error);
    this.events.emit('close', { reason: error.code, kicked: error.code === 'KICKED', error });
  }

  private readonly abort = (): void => this.finish(closedBy('ABORTED', this.options.signal?.reason));
}

function closedBy(code: 'ABORTED' | 'CONNECT_FAILED', cause: unknown): PomeloClientError {
  return new PomeloClientError(code, { cause });
}

function reasonOf(body: unknown): string {
  return isRecord(body) && typeof body['reason'] === 'string' ? body['reason'] : '';
}

/** The kick of a server that stops or restarts: it means the connection and not its user. */
function isStopping(body: unknown): boolean {
  return isRecord(body) && body['code'] === 4503;
}
