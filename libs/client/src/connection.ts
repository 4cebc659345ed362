import {
  encodePackage,
  HANDSHAKE_ACK_PACKAGE,
  JsonRefusal,
  PackageType,
  parseJson,
  type PackageSink,
  type ResumeRequest,
} from 'nestjs-pomelo-protocol';
import { Deferred } from './deferred.js';
import type { Endpoint } from './endpoint.js';
import { PomeloClientError } from './errors.js';
import type { PackageReader } from './framing.js';
import { encodeHandshake, readHandshakeReply, type HandshakeReply } from './handshake.js';
import { Heartbeat, heartbeatIntervalMs } from './heartbeat.js';
import { jsonLimits, malformed } from './json-body.js';
import type { MessageExchange } from './message-exchange.js';
import type { ResolvedOptions } from './options.js';
import { timerDelay } from './timer-delay.js';
import type { Transport, TransportSink } from './transport.js';
import type { StoredVersions } from './vocabulary.js';

/** A kick towards a server that keeps the session: an extension of this project. */
const GOODBYE = encodePackage(PackageType.Kick, new Uint8Array(0));

/** What a connection tells its client. None of these may throw. */
export interface ConnectionHooks {
  /** The handshake is answered: gives what this connection carries from now on. Throws when it must not. */
  onReply(reply: HandshakeReply): MessageExchange;
  /** The handshake is done. */
  onOpen(): void;
  /** The connection was open and is over; called once. */
  onEnd(error: PomeloClientError): void;
}

/**
 * One connection from dialling to its end: dialling, handshake, open, closed. Whatever the server sends, nothing is thrown
 * out of a socket's callback: bytes that break the protocol end the connection.
 */
export class Connection implements TransportSink, PackageSink {
  private readonly opening = new Deferred<void>();
  private readonly ending = new Deferred<void>();
  private readonly giveUp = new AbortController();
  private readonly deadline: ReturnType<typeof setTimeout>;
  private phase: 'dialling' | 'handshake' | 'open' | 'closed' = 'dialling';
  private handshake: Uint8Array | undefined;
  private transport: Transport | undefined;
  private read: PackageReader | undefined;
  private heartbeat: Heartbeat | undefined;
  private messages: MessageExchange | undefined;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly options: ResolvedOptions,
    private readonly about: StoredVersions & { readonly resume?: ResumeRequest },
    private readonly hooks: ConnectionHooks,
  ) {
    this.deadline = setTimeout(
      () => this.fail('TIMEOUT', `handshake within ${options.timeoutMs} ms`),
      timerDelay(options.timeoutMs),
    );
    void this.dial();
  }

  /** Fulfils when the handshake is done, rejects with the reason when the connection ends before. */
  get opened(): Promise<void> {
    return this.opening.promise;
  }

  /** Fulfils when the transport is closed; never rejects. */
  get ended(): Promise<void> {
    return this.ending.promise;
  }

  /** Tells the server that this client does not come back for its session. */
  sayGoodbye(): void {
    if (this.phase !== 'closed') this.transport?.send(GOODBYE);
  }

  /** Ends the connection, whatever its phase; only the first reason counts. */
  end(error: PomeloClientError): void {
    if (this.phase === 'closed') return;
    const wasOpen = this.phase === 'open';
    if (error.code === 'PROTOCOL' && this.messages?.isKept === true) this.sayGoodbye();
    this.phase = 'closed';
    clearTimeout(this.deadline);
    this.heartbeat?.stop();
    this.closeTransport();
    if (wasOpen) this.hooks.onEnd(error);
    else this.opening.reject(error);
  }

  /** The transport is connected: the client speaks first. */
  onOpen(transport: Transport): void {
    this.transport = transport;
    if (this.phase !== 'dialling' || this.handshake === undefined) {
      transport.close();
      return;
    }
    this.read = transport.framing(this.options.maxPackageBytes, this);
    this.phase = 'handshake';
    transport.send(this.handshake);
  }

  /** Bytes from the server. */
  onBytes(bytes: Uint8Array): void {
    if (this.phase === 'closed') return;
    const refusal = this.read?.(bytes);
    if (refusal !== undefined) this.end(malformed(`a package, ${refusal}`));
  }

  /** The transport is gone. */
  onEnd(cause?: unknown): void {
    const code = this.phase === 'open' ? 'DISCONNECTED' : 'CONNECT_FAILED';
    this.end(cause instanceof PomeloClientError ? cause : new PomeloClientError(code, { cause }));
    this.ending.resolve();
  }

  /** One package from the server; false when the connection is over. */
  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    this.heartbeat?.seen();
    try {
      this.receive(type, bytes, start, end);
    } catch (cause) {
      this.end(cause instanceof PomeloClientError ? cause : new PomeloClientError('PROTOCOL', { cause }));
    }
    return this.phase !== 'closed';
  }

  private async dial(): Promise<void> {
    try {
      const user = await this.options.user();
      if (this.phase === 'closed') return;
      this.handshake = encodeHandshake(this.options, this.about, user);
      this.options.transport(this.endpoint, this, this.giveUp.signal);
    } catch (cause) {
      this.onEnd(cause);
    }
  }

  private closeTransport(): void {
    // Without a handshake to send, nothing has been dialled.
    if (this.handshake === undefined) this.ending.resolve();
    else if (this.transport === undefined) this.giveUp.abort();
    else this.transport.close();
  }

  private receive(type: PackageType, bytes: Uint8Array, start: number, end: number): void {
    const isOpen = this.phase === 'open';
    if (type === PackageType.Data && isOpen) this.messages?.receive(bytes, start, end);
    else if (type === PackageType.Heartbeat && isOpen) this.messages?.acknowledge(bytes, start, end);
    else if (type === PackageType.Kick) this.receiveKick(bytes, start, end);
    else if (type === PackageType.Handshake && !isOpen) this.receiveHandshake(bytes.subarray(start, end));
    else throw malformed(`a package of type ${type}`);
  }

  private receiveHandshake(bytes: Uint8Array): void {
    const reply = readHandshakeReply(bytes, this.options);
    const messages = this.hooks.onReply(reply);
    this.messages = messages;
    clearTimeout(this.deadline);
    this.phase = 'open';
    this.transport?.send(HANDSHAKE_ACK_PACKAGE);
    const intervalMs = heartbeatIntervalMs(reply.sys['heartbeat']);
    if (intervalMs !== undefined) this.startHeartbeat(intervalMs, messages);
    this.opening.resolve();
    messages.carriedBy((message) => this.transport?.send(message));
    this.hooks.onOpen();
  }

  private startHeartbeat(intervalMs: number, messages: MessageExchange): void {
    const send = (): void => this.transport?.send(messages.heartbeat());
    this.heartbeat = new Heartbeat(intervalMs, send, (silentMs) =>
      this.fail('HEARTBEAT_TIMEOUT', `${Math.round(silentMs)} ms without a package`),
    );
  }

  /** A kick counts whatever its body says: pitaya servers send none. */
  private receiveKick(bytes: Uint8Array, start: number, end: number): void {
    const parsed = parseJson(bytes, start, end, jsonLimits(this.options));
    this.end(new PomeloClientError('KICKED', { body: parsed instanceof JsonRefusal ? undefined : parsed }));
  }

  private fail(code: 'TIMEOUT' | 'HEARTBEAT_TIMEOUT', detail: string): void {
    this.end(new PomeloClientError(code, { detail }));
  }
}
