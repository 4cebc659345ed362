import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ConnectionQuota } from '../edge/connection-quota.js';
import type { ListenAddress } from '../cluster/server-info.interface.js';
import type { PomeloLimits } from '../options/limits.js';
import type { PomeloException } from '../errors/pomelo.exception.js';
import type { Session } from '../sessions/session.js';
import type { Resumption } from './resumption.interface.js';

/** The words of this package for why a connection ended. */
export const CLOSE_REASONS = [
  'peer_closed',
  'peer_reset',
  'kick',
  'closed',
  'malformed',
  'replaced',
  'heartbeat_timeout',
  'handshake_timeout',
  'handshake_refused',
  'heartbeat_flood',
  'ping_flood',
  'rate_limited',
  /** Did not take what was pushed to it. */
  'slow_consumer',
  /** Did not take the answers to its own requests. */
  'slow_reader',
  'stopping',
] as const;

/** Why a connection ended: one of the words of this package, or the reason that `kick` or a connector gave. */
export type CloseReason = (typeof CLOSE_REASONS)[number] | (string & {});

/** One message of a client, as a connector decoded it. */
export interface ClientMessage {
  /** Request id, 1 to 2^53-1; absent for a notify. */
  readonly id?: number | undefined;
  /** Full route, for example `connector.entryHandler.enter`. */
  readonly route: string;
  /** Decoded body. */
  readonly body: unknown;
  /** The bytes of a JSON body that another server reads, when {@link ClientManager.isHosted} says so; `body` is `undefined` then. */
  readonly undecoded?: Buffer;
  /** The body could not be read: the request is answered with this error and no handler runs. */
  readonly refusal?: PomeloException;
  /** When its time is over, as `performance.now()`; set by the framework on a message that waits for its turn. */
  readonly expiresAt?: number;
}

/** What a client said of itself when it connected. */
export interface HandshakeData {
  /** System part: client type, version, capabilities; what it holds depends on the wire protocol. */
  readonly sys: Readonly<Record<string, unknown>>;
  /** What the application of the client sent along. */
  readonly user?: unknown;
}

/** What the application answers to a handshake. */
export interface HandshakeReply {
  /** Sent to the client as `user` of the handshake answer. */
  readonly user?: unknown;
}

/** An answer to a request, a push to one session or channel, or a push to everyone. */
export type MessageKind = 'response' | 'push' | 'broadcast';

/** One connected client, made by a connector, known to the framework by this face alone. */
export interface ClientSocket {
  /** Assigned by the framework in {@link ClientManager.addClient}. */
  session: Session;
  /** Network address of the client, without the port. */
  readonly remoteAddress: string;
  /** For counters: `tcp`, `ws`, `http` or `tls`; default the name of the connector. Metrics call other words `other`. */
  readonly transport?: string;
  /** Name in the certificate of the client, when the transport has verified one. */
  readonly certificateName?: string | undefined;
  /** For statistics: bytes that were sent and that the client has not taken yet. */
  readonly outstandingBytes?: number;
  /** So much waits for it that volatile pushes are skipped. Default: `outstandingBytes` has reached `limits.pushBehindBytes`. */
  readonly isBehind?: boolean;
  /**
   * Sends what {@link Connector.encode} made; never throws, also when the client is gone. False says that the message
   * will not arrive, which is told to the sender of a push.
   */
  send(message: Buffer, kind?: MessageKind): boolean | void;
  /**
   * Calls `listener` once, when the client is not behind any more; asked for while it is, each time in place of the one
   * before. Without this method nothing waits for a client that is behind: all but volatile pushes are sent at once.
   */
  onceCaughtUp?(listener: () => void): void;
  /** Sends several messages in order, if possible in one write. */
  sendBatch?(messages: readonly Buffer[]): void;
  /** Ends the connection after everything sent so far; a reason is told to the client in the way of its protocol. Never throws. */
  close(reason?: string): void;
  /** Stops reading from this client: too many of its requests are in flight. */
  pause?(): void;
  /** Reads on. */
  resume?(): void;
}

/** Turns bytes into messages and back; options of a connector may replace either part. */
export interface ConnectorCodec {
  /**
   * Reads one complete package; `undefined` drops it.
   *
   * What it throws closes the connection of that client; a body that cannot be read is better returned as
   * {@link ClientMessage.refusal}, which answers the request.
   */
  decode(client: ClientSocket, message: Buffer): ClientMessage | undefined;
  /**
   * Writes an answer (`id` given, `route` is that of the request) or a push (`id` undefined). The body is what a handler
   * returned, also `undefined`. Gives `undefined` to send nothing. May throw: the request is answered with an error.
   */
  encode(client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer | undefined;
}

/** A transport plus its wire protocol. Bytes in, bytes out; it knows {@link ClientManager} and nothing above it. */
export interface Connector extends Partial<ConnectorCodec> {
  /** `encode` and `decode` in here win over the methods of the class. */
  readonly options?: Partial<ConnectorCodec>;
  /** Resolves when it listens. Rejects when it cannot, which stops the start of the application. */
  start(clients: ClientManager): Promise<ListenAddress[]>;
  /** Stops accepting; open clients are the manager's to close, and are closed before the promise resolves. */
  stop(): Promise<void>;
  /**
   * Clients with the same key get the same bytes for the same push, so a push is encoded once for all of them.
   * Without this method every client's push is encoded for itself.
   */
  encodingKey?(client: ClientSocket): unknown;
}

/** What a connector tells the framework. Implemented by `PomeloAdapter`, handed to every connector. */
export interface ClientManager {
  /**
   * Announces a client and assigns its session at once, before this method returns.
   *
   * With `handshake` the guards and the handshake hook decide: the promise gives their answer or rejects with a
   * {@link PomeloException} whose `code` is for the client. Without handshake hooks and guards the result is `undefined`.
   */
  addClient(client: ClientSocket, handshake?: HandshakeData): void | Promise<HandshakeReply>;
  /** Hands over exactly one complete package, never half, never two. Never throws. */
  handleMsg(client: ClientSocket, message: Buffer): void;
  /** Announces that a client is gone; only the first call for a client counts. */
  removeClient(client: ClientSocket, reason?: CloseReason): void;
  /** Lets the HTTP application answer a plain HTTP request; false when there is none. */
  handleHttp(request: IncomingMessage, response: ServerResponse): boolean;
  /** Every route of the application, hosted here or not: what a route dictionary is made from. */
  routes(): readonly string[];
  /** The route is handled in this process. Bodies of other ones may pass {@link ClientMessage.undecoded}. */
  isHosted(route: string): boolean;
  /** The numbers that bound a client. */
  readonly limits: Readonly<PomeloLimits>;
  /** Counts the connections of this process: ask it about every new one. */
  readonly connections: ConnectionQuota;
  /** The application has started and is not stopping: what `/readyz` says. */
  isReady(): boolean;
  /** Keeps sessions whose connection was lost. */
  readonly resumption?: Resumption;
  /** The connection of a client is lost, and its session waits for it. */
  clientAway?(client: ClientSocket): void;
  /** The client is back. */
  clientBack?(client: ClientSocket): void;
}
