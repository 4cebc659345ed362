import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Arrival } from './arrival.js';

/**
 * One HTTP connection, and since when its peer owes the rest of a request: a head or a body of which a part came. Nothing
 * is owed while the application answers or does not read, nor between two requests, which the server's keepAliveTimeout
 * bounds. Times are those of `performance.now()`.
 */
export class HttpConnection {
  /** Nothing that still comes is answered. */
  isOver = false;
  private since: number | undefined;
  private request: IncomingMessage | undefined = undefined;
  private response: ServerResponse | undefined = undefined;
  /** What had been read when the last request was over; more is the head of another one. */
  private settledBytes = 0;

  constructor(
    private readonly socket: Socket,
    readonly arrival: Arrival,
  ) {
    this.since = arrival.acceptedAt;
  }

  /** The head of a request is complete; its body may still be owed. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    this.request = request;
    this.response = response;
    request.once('end', this.settle);
    response.once('finish', this.settle);
  }

  /** When the head that is complete `now` began, as far as a sweep has noticed. */
  headSince(now: number): number {
    return this.since ?? now;
  }

  /** Since when bytes are owed; undefined when none are. To be asked regularly: what has begun is noticed here. */
  owesSince(now: number): number | undefined {
    const { request } = this;
    if (request !== undefined) {
      if (request.complete ? this.isQuiet() : isNotRead(request)) this.since = undefined;
      else this.since ??= now;
    }
    return this.since;
  }

  /** The answer is being made, or nothing came after it. */
  private isQuiet(): boolean {
    return this.response?.writableFinished !== true || this.socket.bytesRead === this.settledBytes;
  }

  /** The body has ended, or the answer has: whichever is later ends the request. */
  private readonly settle = (): void => {
    this.settledBytes = this.socket.bytesRead;
    this.since = undefined;
  };
}

/** The application leaves the body where it is, so that the server does not read on. */
function isNotRead(request: IncomingMessage): boolean {
  return request.readableLength >= request.readableHighWaterMark;
}
