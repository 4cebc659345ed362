import type { ErrorCode } from '../errors/error-table.js';
import { RemoteException } from '../errors/remote.exception.js';

interface PendingCall {
  readonly server: string;
  readonly method: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout;
}

/** The calls that wait for an answer, by number. Each one settles exactly once. */
export class PendingCalls {
  private readonly calls = new Map<number, PendingCall>();
  private counter = 0;
  private stopped = false;

  /** Opens a call; after `ms` it fails with `REMOTE_TIMEOUT`. */
  open(server: string, method: string, ms: number): { callId: number; promise: Promise<unknown> } {
    this.counter += 1;
    const callId = this.counter;
    const promise = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => this.fail(callId, 'REMOTE_TIMEOUT', { ms }), ms);
      this.calls.set(callId, { server, method, resolve, reject, timer });
    });
    if (this.stopped) this.fail(callId, 'REMOTE_CLOSED', {});
    return { callId, promise };
  }

  /** Ends a call with the result that `server` sent; an answer of anybody else counts for nothing. */
  resolve(server: string, callId: number, value: unknown): void {
    if (this.isFor(server, callId)) this.take(callId)?.resolve(value);
  }

  reject(callId: number, error: unknown): void {
    this.take(callId)?.reject(error);
  }

  /** Fails a call with an error of the table; server and method are filled in. */
  fail(callId: number, reason: ErrorCode, values: Readonly<Record<string, unknown>>): void {
    const call = this.take(callId);
    call?.reject(new RemoteException(reason, { server: call.server, method: call.method, ...values }));
  }

  /** Fails all calls, now and later. */
  stop(): void {
    this.stopped = true;
    for (const callId of this.calls.keys()) this.fail(callId, 'REMOTE_CLOSED', {});
  }

  /** The call was made to this server. */
  isFor(server: string, callId: number): boolean {
    return this.calls.get(callId)?.server === server;
  }

  private take(callId: number): PendingCall | undefined {
    const call = this.calls.get(callId);
    if (call === undefined) return undefined;
    this.calls.delete(callId);
    clearTimeout(call.timer);
    return call;
  }
}
