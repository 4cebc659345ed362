import type { ErrorCode } from '../errors/error-table.js';
import { RemoteException } from '../errors/remote.exception.js';
import { DeadlineList, type Expiring } from '../timing/deadline-list.js';

/** Which server was asked for what. */
export interface CallTarget {
  readonly server: string;
  readonly method: string;
}

/** Deadlines are kept a list for each time: times are rounded up to this, in ms, so that there are few lists. */
const STEP_MS = 50;

class PendingCall implements Expiring {
  deadline = 0;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;
  /** The batch that took it along; 0 while it has not left. */
  batchNo = 0;

  constructor(
    readonly target: CallTarget,
    readonly deadlines: DeadlineList,
    readonly expire: () => void,
    readonly resolve: (value: unknown) => void,
    readonly reject: (error: unknown) => void,
  ) {}
}

/** The calls that wait for an answer, by number. Each one settles exactly once. */
export class PendingCalls {
  private readonly calls = new Map<number, PendingCall>();
  private readonly deadlines = new Map<number, DeadlineList>();
  private counter = 0;
  private lastBatch = 0;
  private stopped = false;

  /** Number of calls that wait. */
  get size(): number {
    return this.calls.size;
  }

  /** Opens a call; after `ms` it fails with `REMOTE_TIMEOUT`. */
  open(target: CallTarget, ms: number): { callId: number; promise: Promise<unknown> } {
    this.counter = this.counter >= 0xff_ff_ff_ff ? 1 : this.counter + 1;
    const callId = this.counter;
    const deadlines = this.deadlinesOf(ms);
    const promise = new Promise<unknown>((resolve, reject) => {
      const expire = (): void => this.fail(callId, 'REMOTE_TIMEOUT', { ms });
      const call = new PendingCall(target, deadlines, expire, resolve, reject);
      this.calls.set(callId, call);
      deadlines.add(call);
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
  fail(callId: number, reason: ErrorCode, values: Readonly<Record<string, unknown>> = {}): void {
    const call = this.take(callId);
    call?.reject(new RemoteException(reason, { ...call.target, ...values }));
  }

  /** The call was made to this server. */
  isFor(server: string, callId: number): boolean {
    return this.calls.get(callId)?.target.server === server;
  }

  isWaiting(callId: number): boolean {
    return this.calls.has(callId);
  }

  /** Number of the last batch that took a call along. */
  get lastWritten(): number {
    return this.lastBatch;
  }

  /** The call has left: from now on it may be executed. */
  written(callId: number, batchNo: number): void {
    this.lastBatch = batchNo;
    const call = this.calls.get(callId);
    if (call !== undefined) call.batchNo = batchNo;
  }

  /** Nobody listened for this batch. */
  notDelivered(server: string, batchNo: number): void {
    this.failWhere(
      'REMOTE_NOT_DELIVERED',
      (call) => call.batchNo === batchNo && call.target.server === server,
    );
  }

  /**
   * A server is gone: whether it did what it had been asked, up to a batch, nobody knows. Calls that have not left are
   * not meant.
   */
  lost(server: string, upTo = Infinity): void {
    this.failWhere(
      'REMOTE_LOST',
      ({ target, batchNo }) => batchNo > 0 && batchNo <= upTo && target.server === server,
    );
  }

  /** The servers that have been asked, and have not answered. */
  debtors(): ReadonlySet<string> {
    const servers = new Set<string>();
    for (const { target, batchNo } of this.calls.values()) if (batchNo > 0) servers.add(target.server);
    return servers;
  }

  /** The link is gone, and the answers to what has left with it. */
  linkLost(): void {
    this.failWhere('REMOTE_LOST', ({ batchNo }) => batchNo > 0);
  }

  /** Fails all calls, now and later. */
  stop(): void {
    this.stopped = true;
    this.failWhere('REMOTE_CLOSED', () => true);
    for (const list of this.deadlines.values()) list.stop();
  }

  private failWhere(reason: ErrorCode, isMeant: (call: PendingCall) => boolean): void {
    for (const [callId, call] of this.calls) if (isMeant(call)) this.fail(callId, reason);
  }

  private deadlinesOf(ms: number): DeadlineList {
    const rounded = Math.ceil(ms / STEP_MS) * STEP_MS;
    let list = this.deadlines.get(rounded);
    if (list === undefined) this.deadlines.set(rounded, (list = new DeadlineList(rounded)));
    return list;
  }

  private take(callId: number): PendingCall | undefined {
    const call = this.calls.get(callId);
    if (call === undefined) return undefined;
    this.calls.delete(callId);
    call.deadlines.remove(call);
    return call;
  }
}
