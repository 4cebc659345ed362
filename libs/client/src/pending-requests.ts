import { PomeloClientError } from './errors.js';
import { timerDelay } from './timer-delay.js';

/** Pomelo 2.2.7 hangs on a request id of 2^31 or more. */
const MAX_REQUEST_ID = 2 ** 31 - 1;

/** How one request waits. */
export interface PendingRequestOptions {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Whether an answer that reports an error rejects or is returned. */
  readonly errors: 'throw' | 'return';
}

/** A request that has no answer yet; it settles once, whatever comes first. */
export class PendingRequest {
  private readonly timer: ReturnType<typeof setTimeout>;

  constructor(
    readonly route: string,
    readonly options: PendingRequestOptions,
    private readonly settled: () => void,
    private readonly onBody: (body: unknown) => void,
    private readonly onError: (error: Error) => void,
  ) {
    const { timeoutMs, signal } = options;
    this.timer = setTimeout(this.expire, timerDelay(timeoutMs));
    signal?.addEventListener('abort', this.abort);
  }

  /** Fulfils with the answer. */
  resolve(body: unknown): void {
    this.release();
    this.onBody(body);
  }

  /** Rejects; a later answer is ignored. */
  reject(error: Error): void {
    this.release();
    this.onError(error);
  }

  private release(): void {
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.abort);
    this.settled();
  }

  private readonly expire = (): void => {
    const detail = `${this.route} within ${this.options.timeoutMs} ms`;
    this.reject(new PomeloClientError('TIMEOUT', { detail }));
  };

  private readonly abort = (): void => {
    this.reject(new PomeloClientError('ABORTED', { detail: this.route, cause: this.options.signal?.reason }));
  };
}

/** The requests in flight on one connection, by id. */
export class PendingRequests {
  private readonly byId = new Map<number, PendingRequest>();

  /** @param lastId the id before the first */
  constructor(private lastId = 0) {}

  /** The number of requests in flight. */
  get size(): number {
    return this.byId.size;
  }

  /** An id that no request in flight has: 1, 2, 3 … and from 1 again after 2^31-1. */
  nextId(): number {
    do {
      this.lastId = this.lastId === MAX_REQUEST_ID ? 1 : this.lastId + 1;
    } while (this.byId.has(this.lastId));
    return this.lastId;
  }

  /** Waits for the answer to `id`. */
  add(id: number, route: string, options: PendingRequestOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.byId.set(id, new PendingRequest(route, options, () => this.byId.delete(id), resolve, reject));
    });
  }

  /** The request with this id; undefined when it never was or is settled, as after a timeout. */
  get(id: number): PendingRequest | undefined {
    return this.byId.get(id);
  }

  /** Rejects everything in flight with `CLOSED`. */
  close(cause: Error): void {
    for (const request of this.byId.values()) {
      request.reject(new PomeloClientError('CLOSED', { detail: `${request.route} has no answer`, cause }));
    }
  }
}
