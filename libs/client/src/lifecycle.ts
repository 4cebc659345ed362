import type { ClientEvents, ClientState } from './client-events.js';
import { Connection, type ConnectionHooks } from './connection.js';
import type { Emitter } from './emitter.js';
import type { Endpoint } from './endpoint.js';
import { PomeloClientError } from './errors.js';
import type { HandshakeReply } from './handshake.js';
import { MessageCodec } from './message-codec.js';
import { MessageExchange } from './message-exchange.js';
import type { ResolvedOptions } from './options.js';
import { reconnect, type ReconnectPolicy } from './reconnect.js';
import { isRecord } from './record.js';
import { Resumption } from './resumption.js';
import { Vocabulary } from './vocabulary.js';

/** The connections of one client, one after the other, and what is announced between them. */
export class Lifecycle implements ConnectionHooks {
  private readonly vocabulary = new Vocabulary();
  private readonly session = new Resumption();
  private readonly closing = new AbortController();
  private connection: Connection | undefined;
  /** Of the session that is open, or waits for its next connection. */
  private exchange: MessageExchange | undefined;
  private isRecovered = false;
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
    if (this.currentState === 'open' && this.exchange !== undefined) return this.exchange;
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

  /** A handshake is answered. */
  onReply({ sys, user }: HandshakeReply): MessageExchange {
    this.isRecovered = this.resume(sys['resume']);
    this.vocabulary.adopt(sys);
    this.replyUser = user;
    if (!this.isRecovered || this.exchange === undefined) {
      this.exchange?.close(new PomeloClientError('DISCONNECTED', { detail: 'the session was not kept' }));
      const codec = new MessageCodec(this.vocabulary, this.options);
      this.exchange = new MessageExchange(codec, this.session, this.onPush);
    }
    return this.exchange;
  }

  /** A handshake is done. */
  onOpen(): void {
    const again = this.currentState === 'reconnecting';
    this.currentState = 'open';
    if (again) this.events.emit('reconnected', { user: this.replyUser, recovered: this.isRecovered });
  }

  /** An open connection is over. */
  onEnd(error: PomeloClientError): void {
    if (this.closed.aborted) return;
    const final =
      error.code === 'KICKED' && !this.options.reconnectAfterKick && !isAboutConnection(error.body);
    const policy = final ? undefined : this.options.reconnect;
    if (policy === undefined || !this.session.isKept || !isLoss(error)) this.endSession(error);
    this.currentState = policy === undefined ? 'closed' : 'reconnecting';
    this.announce(error);
    if (policy === undefined) this.finish(error);
    // A listener may have closed the client.
    else if (!this.closed.aborted) void this.reconnect(policy, error);
  }

  private async connect(): Promise<void> {
    const resume = this.options.resume ? { resume: this.session.request() } : {};
    const about = { ...this.vocabulary.versions(), ...resume };
    this.connection = new Connection(this.endpoint, this.options, about, this);
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

  /** True when the session of before goes on. Throws when it must not. */
  private resume(reply: unknown): boolean {
    try {
      return this.session.start(reply);
    } catch (error) {
      this.connection?.sayGoodbye();
      throw error;
    }
  }

  /** Everything in flight is rejected; without a session that is kept there is nothing to come back to. */
  private endSession(error: PomeloClientError): void {
    this.session.forget();
    this.exchange?.close(error);
    this.exchange = undefined;
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
    if (this.session.isKept) this.connection?.sayGoodbye();
    this.connection?.end(error);
    this.endSession(error);
    this.events.emit('close', { reason: error.code, kicked: error.code === 'KICKED', error });
  }

  private readonly abort = (): void => this.finish(closedBy('ABORTED', this.options.signal?.reason));
}

/** The connection was lost, and not ended for something that the next one would meet again. */
function isLoss({ code, body }: PomeloClientError): boolean {
  return code === 'DISCONNECTED' || code === 'HEARTBEAT_TIMEOUT' || isAboutConnection(body);
}

function closedBy(code: 'ABORTED' | 'CONNECT_FAILED', cause: unknown): PomeloClientError {
  return new PomeloClientError(code, { cause });
}

function reasonOf(body: unknown): string {
  return isRecord(body) && typeof body['reason'] === 'string' ? body['reason'] : '';
}

/** The kick of a server that stops, or that has not heard of the client for too long: it means the connection and not its user. */
function isAboutConnection(body: unknown): boolean {
  return isRecord(body) && (body['code'] === 4503 || body['code'] === 4408);
}
