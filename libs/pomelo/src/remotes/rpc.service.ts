import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClusterService, type FrameReceiver } from '../cluster/cluster.service.js';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import {
  decodeFrame,
  encodeFrame,
  type ErrorFrame,
  type Frame,
  type FrameContext,
  type NotifyFrame,
  type RequestFrame,
} from '../cluster/frames.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import { describeError, stackOf } from '../errors/describe-error.js';
import { ERROR_TABLE, type ErrorCode } from '../errors/error-table.js';
import { toErrorReply } from '../errors/error-reply.js';
import { PomeloException } from '../errors/pomelo.exception.js';
import { RemoteException } from '../errors/remote.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { runWithTravelled, travellingContext } from './call-context.js';
import type { CallOptions } from './remote-client.js';
import { PendingCalls } from './pending-calls.js';
import { RemoteTable } from './remote-table.js';

/** A method of the framework itself that other servers call. */
export type SystemMethod = (from: PeerId, ...args: readonly never[]) => unknown;

/** Of what the called server itself refuses, the caller learns the reason; the rest is a failure inside the remote. */
const TOLD_REASONS: ReadonlySet<string> = new Set<ErrorCode>(['REMOTE_OVERLOADED', 'REMOTE_UNKNOWN']);

/** Calls remote methods and answers calls of other servers. Every call settles. */
@Injectable()
export class RpcService implements FrameReceiver {
  private readonly logger = new Logger('Pomelo');
  private readonly pending = new PendingCalls();
  private readonly system = new Map<string, SystemMethod>();
  private inFlight = 0;
  private idle: (() => void)[] = [];

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly table: RemoteTable,
    registry: ServerRegistry,
  ) {
    registry.on('leave', ({ id }) => this.pending.lost(id));
  }

  /** Calls of other servers that are worked on. */
  get callsInFlight(): number {
    return this.inFlight;
  }

  /** Lets other servers call a method of the framework; the name begins with `$`, which no remote does. */
  expose(name: string, method: SystemMethod): void {
    this.system.set(name, method);
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

  frame(from: PeerId, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (frame === undefined) this.logger.error(`Server ${from.id} sent bytes that are no frame`);
    else this.receive(from, frame);
  }

  notDelivered(to: string, batchNo: number): void {
    this.pending.notDelivered(to, batchNo);
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
    return this.inFlight === 0 && this.pending.size === 0;
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
        void this.answer(from, frame);
        break;
      case 'notify':
        void this.obey(from, frame);
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

  private async obey(from: PeerId, [, method, args, context]: NotifyFrame): Promise<void> {
    this.inFlight += 1;
    try {
      this.admit(method);
      await this.execute(from, method, args, context);
    } catch (error) {
      this.report(method, error);
    } finally {
      this.release();
    }
  }

  private async answer(from: PeerId, [, callId, method, , args, context]: RequestFrame): Promise<void> {
    this.inFlight += 1;
    let bytes: Uint8Array;
    try {
      this.admit(method);
      const value = await this.execute(from, method, args, context);
      bytes = encodeFrame(['res', callId, value], method);
    } catch (error) {
      bytes = this.encodeFailure(callId, method, error);
    } finally {
      this.release();
    }
    this.reply(from, callId, method, bytes);
  }

  /** The answer may be too large to travel: the caller gets an answer all the same. */
  private reply(from: PeerId, callId: number, method: string, bytes: Uint8Array): void {
    try {
      this.cluster.send(from.id, bytes);
    } catch (error) {
      this.report(method, error);
      this.cluster.send(from.id, this.encodeFailure(callId, method, error));
    }
  }

  /** The data of an error may be what cannot travel: the caller gets an answer all the same. */
  private encodeFailure(callId: number, method: string, error: unknown): Uint8Array {
    try {
      return encodeFrame(this.errorFrame(callId, method, error), method);
    } catch (failure) {
      return encodeFrame(this.errorFrame(callId, method, failure), method);
    }
  }

  private admit(method: string): void {
    const { limits, server } = this.options;
    const { callsInFlight: limit } = limits;
    if (this.inFlight > limit)
      throw new RemoteException('REMOTE_OVERLOADED', { server: server.id, method, limit });
  }

  private release(): void {
    this.inFlight -= 1;
    this.told();
  }

  /** Tells who waits for the end of all work. */
  private told(): void {
    if (this.idle.length === 0 || !this.isIdle) return;
    const { idle } = this;
    this.idle = [];
    for (const resolve of idle) resolve();
  }

  private execute(
    from: PeerId,
    method: string,
    args: readonly unknown[],
    context: FrameContext | undefined,
  ): unknown {
    const system = this.system.get(method);
    // What a peer sends is checked by the method itself.
    if (system !== undefined)
      return runWithTravelled(context, () => system(from, ...(args as readonly never[])));
    const remote = this.table.get(method);
    if (remote === undefined)
      throw new RemoteException('REMOTE_UNKNOWN', { server: this.options.server.id, method });
    return runWithTravelled(context, () => remote(...args));
  }

  private errorFrame(callId: number, method: string, error: unknown): ErrorFrame {
    if (error instanceof RemoteException) {
      const told = TOLD_REASONS.has(error.reason) ? error.reason : undefined;
      return ['err', callId, false, 500, error.message, told, told === undefined ? undefined : error.values];
    }
    const reply = toErrorReply(error);
    if (reply === undefined) {
      this.report(method, error);
      return ['err', callId, false, 500, describeError(error), undefined, undefined];
    }
    const reason = error instanceof PomeloException ? error.reason : undefined;
    return ['err', callId, true, reply.code, reply.msg ?? '', reason, reply.data];
  }

  private report(method: string, error: unknown): void {
    this.logger.error(`Remote ${method} failed: ${describeError(error)}`, stackOf(error));
  }
}

function isErrorCode(reason: string | undefined): reason is ErrorCode {
  return reason !== undefined && Object.hasOwn(ERROR_TABLE, reason);
}
