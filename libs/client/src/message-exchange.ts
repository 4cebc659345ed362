import { MessageType, type MessageHead } from 'nestjs-pomelo-protocol';
import { PomeloClientError } from './errors.js';
import { malformed } from './json-body.js';
import type { MessageCodec } from './message-codec.js';
import { PendingRequests, type PendingRequestOptions } from './pending-requests.js';
import { requestErrorOf } from './request-outcome.js';

/** Requests, notifies and pushes over one open connection. */
export class MessageExchange {
  private readonly pending = new PendingRequests();
  private closedBy: Error | undefined;

  constructor(
    private readonly codec: MessageCodec,
    private readonly send: (dataPackage: Uint8Array) => void,
    private readonly onPush: (route: string, body: unknown) => void,
  ) {}

  /** Sends a request and waits for its answer; nothing is sent when the signal is aborted already. */
  async request(route: string, body: unknown, options: PendingRequestOptions): Promise<unknown> {
    this.assertOpen(route);
    const { signal } = options;
    if (signal?.aborted === true) {
      throw new PomeloClientError('ABORTED', { detail: route, cause: signal.reason });
    }
    const id = this.pending.nextId();
    this.send(this.codec.encode(MessageType.Request, id, route, body));
    return await this.pending.add(id, route, options);
  }

  /** Sends a notify, which has no answer. */
  notify(route: string, body: unknown): void {
    this.assertOpen(route);
    this.send(this.codec.encode(MessageType.Notify, 0, route, body));
  }

  /** Takes the body of a DATA package. Throws `PROTOCOL`. */
  receive(bytes: Uint8Array, start: number, end: number): void {
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
