import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClusterService } from '../cluster/cluster.service.js';
import type { FrameReceiver } from '../cluster/frame-receiver.interface.js';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import { decodeFrame, encodeFrame, type ErrorFrame, type Frame } from '../cluster/frames.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { ERROR_TABLE, type ErrorCode } from '../errors/error-table.js';
import { PomeloException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { CallAnswers, type SystemMethod } from './call-answers.js';
import { travellingContext } from './call-context.js';
import type { CallOptions } from './remote-client.js';
import { PendingCalls } from './pending-calls.js';

/** Calls remote methods and answers calls of other servers. Every call settles. */
@Injectable()
export class RpcService implements FrameReceiver {
  private readonly logger = new Logger('Pomelo');
  private readonly pending = new PendingCalls();
  private idle: (() => void)[] = [];

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly answers: CallAnswers,
    registry: ServerRegistry,
  ) {
    answers.onDone = () => this.told();
    registry.on('leave', ({ id }, why) => (why === 'probe' ? this.missed(id) : this.pending.lost(id)));
  }

  /** Calls of other servers that are worked on. */
  get callsInFlight(): number {
    return this.answers.inFlight;
  }

  /**
   * Lets other servers call a method of the framework; the name begins with `$`, which no remote does. One that ends at once
   * may do without `limits.callsInFlight`.
   */
  expose(name: string, method: SystemMethod, isLimited = true): void {
    this.answers.expose(name, method, isLimited);
  }

  /** Calls a method on one server. Rejects with a {@link RemoteException}, or the `PomeloException` that the remote threw. */
  async call(
    server: string,
    method: string,
    args: readonly unknown[],
    { timeoutMs, signal }: CallOptions = {},
  ): Promise<unknown> {
    signal?.throwIfAborted();
    const budgetMs = timeoutMs ?? this.options.limits.requestMs;
    const { callId, promise } = this.pending.open({ server, method }, budgetMs);
    try {
      const frame = ['req', callId, method, budgetMs, args, ...travellingContext()] as const;
      if (!this.cluster.send(server, encodeFrame(frame, method), callId)) this.refuse(callId);
    } catch (error) {
      this.pending.reject(callId, error);
    }
    return signal === undefined ? promise : this.abortable(promise, callId, signal);
  }

  /** Calls a method without waiting: at most once. False when it is known that it will not arrive. Throws `REMOTE_ARGUMENTS`. */
  notify(server: string, method: string, args: readonly unknown[]): boolean {
    return this.cluster.send(server, encodeFrame(['notify', method, args, ...travellingContext()], method));
  }

  /** Calls a method of every other server of a type, without waiting, in one message. */
  notifyType(type: string, method: string, args: readonly unknown[]): boolean {
    return this.cluster.multicast(
      type,
      encodeFrame(['notify', method, args, ...travellingContext()], method),
    );
  }

  /** Resolves when nothing is worked on and nothing waited for, at the latest after `maxMs`. */
  async whenIdle(maxMs: number): Promise<void> {
    if (this.isIdle) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      this.idle.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Rejects every pending call and takes no new ones. */
  stop(): void {
    this.pending.stop();
  }

  frame(from: PeerId, batch: Uint8Array, start: number, end: number): void {
    const frame = decodeFrame(batch, start, end);
    if (frame === undefined) this.logger.error(`Server ${from.id} sent bytes that are no frame`);
    else this.receive(from, frame);
  }

  notDelivered(to: string, batchNo: number): void {
    this.pending.notDelivered(to, batchNo);
  }

  debtors(): ReadonlySet<string> {
    return this.pending.debtors();
  }

  linkLost(): void {
    this.pending.linkLost();
  }

  isWaiting(callId: number): boolean {
    return this.pending.isWaiting(callId);
  }

  written(callId: number, batchNo: number): void {
    this.pending.written(callId, batchNo);
  }

  unsent(callId: number): void {
    this.pending.fail(callId, 'REMOTE_NOT_DELIVERED');
  }

  private get isIdle(): boolean {
    return this.answers.inFlight === 0 && this.pending.size === 0;
  }

  /** What was written after the end of a server is on its way back: lost is what does not come back. */
  private async missed(server: string): Promise<void> {
    const { lastWritten } = this.pending;
    await this.cluster.settled();
    this.pending.lost(server, lastWritten);
  }

  private refuse(callId: number): void {
    this.pending.fail(callId, 'REMOTE_BEHIND', { limit: this.options.limits.clusterQueueBytes });
  }

  private async abortable(promise: Promise<unknown>, callId: number, signal: AbortSignal): Promise<unknown> {
    const abort = (): void => this.pending.reject(callId, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  private receive(from: PeerId, frame: Frame): void {
    switch (frame[0]) {
      case 'req':
        void this.answers.answer(from, frame);
        break;
      case 'notify':
        void this.answers.obey(from, frame);
        break;
      case 'res':
        this.pending.resolve(from.id, frame[1], frame[2]);
        this.told();
        break;
      case 'err':
        if (this.pending.isFor(from.id, frame[1])) this.rejectWith(frame);
        this.told();
        break;
    }
  }

  /** Tells who waits for the end of all work. */
  private told(): void {
    if (this.idle.length === 0 || !this.isIdle) return;
    const { idle } = this;
    this.idle = [];
    for (const resolve of idle) resolve();
  }

  private rejectWith([, callId, deliberate, code, message, reason, data]: ErrorFrame): void {
    if (deliberate) {
      const options = {
        ...(reason === undefined ? {} : { reason }),
        ...(data === undefined ? {} : { data }),
      };
      this.pending.reject(callId, new PomeloException(code, message, options));
    } else if (isErrorCode(reason)) {
      this.pending.fail(callId, reason, data);
    } else this.pending.fail(callId, 'REMOTE_FAILED', { detail: message });
  }
}

function isErrorCode(reason: string | undefined): reason is ErrorCode {
  return reason !== undefined && Object.hasOwn(ERROR_TABLE, reason);
}
