import type { ListenAddress } from '../../cluster/server-info.interface.js';
import type { Connector } from '../../connectors/connector.interface.js';

/** What not every transport can do; the cases that need it can be left out. */
export type HarnessFeature =
  /** It listens on a port. */
  | 'port'
  /** One message may arrive in pieces. */
  | 'pieces'
  /** Its protocol can say why a client is closed. */
  | 'reasons'
  /** Its protocol tells a notify from a request. Without it every message is a request, with the next id; the peer leaves out the answers to its notifies. */
  | 'notifies'
  /** A client may leave unread what it is sent. */
  | 'slow peers';

/** How the contract suite makes a connector and reaches it as a client does. */
export interface ConnectorHarness {
  /** Makes a connector that listens on this port; 0 is a free one. */
  create(port: number): Connector;
  /** Connects a client, and shakes hands when the protocol has a handshake. May reject when the server refuses it. */
  connect(address: ListenAddress): Promise<ContractPeer>;
  /** Bytes that no client sends, by what is wrong with them: each of them costs its sender the connection. */
  readonly garbage?: Readonly<Record<string, Buffer>>;
  /** What the transport cannot do. Default nothing: every case runs. */
  readonly without?: readonly HarnessFeature[];
  /** How long a case waits for anything before it fails, in ms. Default 5000. */
  readonly patienceMs?: number;
}

/** A message of a client: a request with an `id` (1, 2, 3 … in this order on every connection), or a notify. */
export interface ContractMessage {
  readonly id?: number;
  readonly route: string;
  readonly body: unknown;
}

/** What a client received: an answer (`id` and `body`), a push (`route` and `body`), or why it is closed (`kick`). */
export interface ReceivedMessage {
  readonly id?: number;
  readonly route?: string;
  readonly body?: unknown;
  readonly kick?: string;
}

/** A connected client, as the harness made it. */
export interface ContractPeer {
  /** Sends messages, all of them in one write where the transport has writes. */
  send(...messages: readonly ContractMessage[]): void;
  /** Sends one message of less than 200 bytes in the smallest pieces: byte by byte, each as a fragment, each in a read of its own. For `pieces`. */
  sendInPieces?(message: ContractMessage): Promise<void>;
  /** Sends bytes as they are. For `garbage`. */
  sendBytes?(bytes: Buffer): void;
  /** Reads nothing any more. For `slow peers`. */
  stopReading?(): void;
  /** What comes next, heartbeats and the like left out; `undefined` is the end. */
  receive(): Promise<ReceivedMessage | undefined>;
  /** Leaves politely. */
  close(): void;
  /** Cuts the connection, without a goodbye. */
  abort(): void;
  /** Fulfils when the connection has ended, whoever ended it. */
  readonly closed: Promise<unknown>;
}
