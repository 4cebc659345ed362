import {
  decodeMessageHead,
  encodeMessage,
  encodePackage,
  MessageHead,
  MessageType,
  PackageType,
  utf8Decode,
  utf8Encode,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import { AsyncQueue } from './async-queue.js';

/** A request or notify as it came. */
export interface ReceivedMessage {
  readonly type: MessageType;
  readonly id: number;
  /** The route, or its dictionary code. */
  readonly route: string | number;
  readonly body: string;
  readonly bytes: Uint8Array;
}

/** The socket under a peer, whichever kind it is. */
export interface PeerSocket {
  write(bytes: Uint8Array): void;
  destroy(): void;
  /** Reads no more. */
  pause(): void;
}

/** What a server does by itself; everything else is up to the test. */
export interface Script {
  /** The body of the handshake reply; undefined leaves the client waiting. */
  handshake(request: Record<string, unknown>): unknown;
  /** Whether heartbeats are answered. */
  readonly answersHeartbeats: boolean;
  /** Whether it reads nothing after the acknowledgement, so that it never sees a closing. */
  readonly stopsReading: boolean;
}

/** The server's end of one connection. */
export class ScriptedPeer implements PackageSink {
  /** Bodies of the handshakes that came. */
  readonly handshakes = new AsyncQueue<Record<string, unknown>>();
  /** One entry for each acknowledgement. */
  readonly acks = new AsyncQueue<true>();
  readonly heartbeats = new AsyncQueue<true>();
  readonly messages = new AsyncQueue<ReceivedMessage>();
  /** Fulfils when the connection is closed. */
  readonly closed: Promise<void>;
  private readonly head = new MessageHead();

  constructor(
    private readonly socket: PeerSocket,
    private readonly script: Script,
    onClosed: (listener: () => void) => void,
  ) {
    this.closed = new Promise(onClosed);
  }

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    if (type === PackageType.Handshake) this.answerHandshake(utf8Decode(bytes, start, end));
    else if (type === PackageType.HandshakeAck) this.acknowledge();
    else if (type === PackageType.Heartbeat) this.answerHeartbeat();
    else this.receive(bytes, start, end);
    return true;
  }

  /** Sends bytes as they are: one WebSocket message, or one write. */
  send(...parts: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(parts));
  }

  /** Answers a request with JSON, or with bytes. */
  respond({ id }: ReceivedMessage, body: unknown, flags: { error?: true; compressedBody?: true } = {}): void {
    this.send(dataPackage({ type: MessageType.Response, id, ...flags }, body));
  }

  /** Pushes JSON, or bytes, to a route or its code. */
  push(route: string | number, body: unknown): void {
    this.send(pushPackage(route, body));
  }

  /** Cuts the connection. */
  destroy(): void {
    this.socket.destroy();
  }

  private answerHandshake(text: string): void {
    const request = JSON.parse(text) as Record<string, unknown>;
    this.handshakes.put(request);
    const reply = this.script.handshake(request);
    if (reply !== undefined) this.send(encodePackage(PackageType.Handshake, bodyBytes(reply)));
  }

  private acknowledge(): void {
    this.acks.put(true);
    if (this.script.stopsReading) this.socket.pause();
  }

  private answerHeartbeat(): void {
    this.heartbeats.put(true);
    if (this.script.answersHeartbeats) this.send(encodePackage(PackageType.Heartbeat));
  }

  private receive(bytes: Uint8Array, start: number, end: number): void {
    const refusal = decodeMessageHead(bytes, start, end, this.head);
    if (refusal !== undefined) throw new Error(`the client sent a message that is ${refusal}`);
    const { type, id, route, routeCode, bodyStart } = this.head;
    const body = bytes.slice(bodyStart, end);
    this.messages.put({
      type,
      id,
      route: routeCode < 0 ? route : routeCode,
      body: utf8Decode(body, 0, body.length),
      bytes: body,
    });
  }
}

/** A push as a whole package. */
export function pushPackage(route: string | number, body: unknown): Uint8Array {
  return dataPackage({ type: MessageType.Push, route }, body);
}

function dataPackage(fields: Parameters<typeof encodeMessage>[0], body: unknown): Uint8Array {
  return encodePackage(PackageType.Data, encodeMessage(fields, bodyBytes(body)));
}

function bodyBytes(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : utf8Encode(JSON.stringify(body));
}
