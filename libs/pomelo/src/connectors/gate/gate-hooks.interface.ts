import type { IncomingMessage } from 'node:http';
import type { CloseReason } from '../connector.interface.js';
import type { Session } from '../../sessions/session.js';

/** What clients of a gate send and are sent: a topic, usually `moduleTyp/msgId`, and bytes. */
export interface GatePack {
  readonly topic: string;
  readonly body: Buffer;
}

/** Reads and writes what stands behind the length of a pack. */
export interface PackCodec {
  /** Reads it; `undefined`, or an error, closes the connection. */
  decodePack(payload: Buffer): GatePack | undefined;
  /** Writes it. An error refuses the message, and its sender is told. */
  encodePack(topic: string, body: Buffer): Uint8Array;
}

/** How a client is connected, in the words of a gate. */
export type GateNetwork = 'tcp' | 'websocket';

/** Where an application takes part in the life of its clients. All but `shakeHandler`, `onConnect` and `onDisconnect` are synchronous. */
export interface GateHooks {
  /** Makes the codec of a new client. Default the pack format of the gate, with `encryptKey` encrypted. */
  readonly agent?: (network: GateNetwork) => PackCodec;
  /** Looks at an upgrade request of WebSocket, and at its headers; what it throws, or rejects with, refuses it with 400. */
  readonly shakeHandler?: (request: IncomingMessage) => unknown;
  /** Hears of a client before its first message is looked at. What it throws, or a time beyond `limits.handshakeHookMs`, closes the client. */
  readonly onConnect?: (session: Session) => unknown;
  /** Hears that a client is gone for which `onConnect` has ended well, and never before that. */
  readonly onDisconnect?: (session: Session, reason: CloseReason) => unknown;
  /** Sees every pack before it is routed: true when nothing is left to do. What it throws closes the client. */
  readonly routeHandler?: (session: Session, pack: GatePack) => boolean;
  /** Gives the pack to go on with, this one or another; false drops it. What it throws closes the client. */
  readonly recvPackHandler?: (session: Session, pack: GatePack) => GatePack | false;
  /** Gives the body that is sent. What it throws refuses the message, and its sender is told. */
  readonly sendMessageHook?: (session: Session, topic: string, body: Buffer) => Uint8Array;
  /** The route of a topic; `undefined` closes the client. Default as `handler` says. */
  readonly routeOf?: (topic: string, session: Session) => string | undefined;
  /** The topic of a push. Default its route, as it is. */
  readonly topicOf?: (route: string) => string;
}
