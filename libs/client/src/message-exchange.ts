import {
  encodePackage,
  HEARTBEAT_PACKAGE,
  MessageType,
  PackageType,
  readReceivedCount,
  writeReceivedCount,
  type MessageHead,
} from 'nestjs-pomelo-protocol';
import { PomeloClientError } from './errors.js';
import { malformed } from './json-body.js';
import type { MessageCodec } from './message-codec.js';
import { PendingRequests, type PendingRequestOptions } from './pending-requests.js';
import { requestErrorOf } from './request-outcome.js';
import type { Resumption } from './resumption.js';

/** Requests, notifies and pushes of one session, over one connection or several. */
export class MessageExchange {
  private readonly pending = new PendingRequests();
  private closedBy: Error | undefined;
  private send: (dataPackage: Uint8Array) => void = () => {};

  constructor(
    private readonly codec: MessageCodec,
    private readonly session: Resumption,
    private readonly onPush: (route: string, body: unknown) => void,
  ) {}

  /** The server keeps the session. */
  get isKept(): boolean {
    return this.session.isKept;
  }

  /** A connection is open: what the server has not got of the session follows. */
  carriedBy(send: (dataPackage: Uint8Array) => void): void {
    this.send = send;
    for (const message of this.session.missing()) send(message);
  }

  /** Sends a request and waits for its answer; nothing is sent when the signal is aborted already. */
  async request(route: string, body: unknown, options: PendingRequestOptions): Promise<unknown> {
    this.assertOpen(route);
    const { signal } = options;
    if (signal?.aborted === true) {
      throw new PomeloClientError('ABORTED', { detail: route, cause: signal.reason });
    }
    const id = this.pending.nextId();
    this.sendMessage(this.codec.encode(MessageType.Request, id, route, body));
    return await this.pending.add(id, route, options);
  }

  /** Sends a notify, which has no answer. */
  notify(route: string, body: unknown): void {
    this.assertOpen(route);
    this.sendMessage(this.codec.encode(MessageType.Notify, 0, route, body));
  }

  /** Takes the body of a DATA package. Throws `PROTOCOL`. */
  receive(bytes: Uint8Array, start: number, end: number): void {
    // Before it is read: what cannot be read is not sent again.
    if (this.session.receiving()) this.send(this.heartbeat());
    const head = this.codec.decodeHead(bytes, start, end);
    if (head.type === MessageType.Response) {
      this.receiveResponse(head, bytes, end);
    } else if (head.type === MessageType.Push) {
      const route = this.codec.routeOf(head);
      this.onPush(route, this.codec.decodeBody(head, route, bytes, end));
    } else throw malformed(`message type ${head.type}`);
  }

  /** Rejects everything in flight, and whatever is asked from now on, with `CLOSED`. */
  close(cause: Error): void {
    this.closedBy ??= cause;
    this.pending.close(cause);
  }

  /** Tells the server that the client is there, and how much it has got of a session that is kept. */
  heartbeat(): Uint8Array {
    if (!this.session.isKept) return HEARTBEAT_PACKAGE;
    return encodePackage(PackageType.Heartbeat, writeReceivedCount(this.session.receivedCount));
  }

  /** Takes a heartbeat of the server, which may say how much it has got. */
  acknowledge(bytes: Uint8Array, start: number, end: number): void {
    const received = readReceivedCount(bytes, start, end);
    if (received !== undefined) this.session.acknowledge(received);
  }

  private sendMessage(message: Uint8Array): void {
    this.session.sending(message);
    this.send(message);
  }

  private assertOpen(route: string): void {
    if (this.closedBy !== undefined) {
      throw new PomeloClientError('CLOSED', { detail: `${route} is not sent`, cause: this.closedBy });
    }
  }

  /** An answer to nothing in flight is late, after a timeout or an abort, and is ignored. */
  private receiveResponse(head: MessageHead, bytes: Uint8Array, end: number): void {
    const request = this.pending.get(head.id);
    if (request === undefined) return;
    const { route, options } = request;
    const body = this.codec.decodeBody(head, route, bytes, end);
    const error = options.errors === 'throw' ? requestErrorOf(route, body, head.error) : undefined;
    if (error === undefined) request.resolve(body);
    else request.reject(error);
  }
}
