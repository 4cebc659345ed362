import { Inject, Injectable, Logger } from '@nestjs/common';
import { describeError, stackOf } from '../errors/describe-error.js';
import { ClusterService, type FrameReceiver } from '../cluster/cluster.service.js';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import {
  decodeFrame,
  encodeFrame,
  type ErrorFrame,
  type Frame,
  type RequestFrame,
} from '../cluster/frames.js';
import { toErrorReply } from '../errors/error-reply.js';
import { PomeloException } from '../errors/pomelo.exception.js';
import { RemoteException } from '../errors/remote.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { CallOptions } from './remote-client.js';
import { PendingCalls } from './pending-calls.js';
import { RemoteTable } from './remote-table.js';

/** Calls remote methods and answers calls of other servers. Every call settles. */
@Injectable()
export class RpcService implements FrameReceiver {
  private readonly logger = new Logger('Pomelo');
  private readonly pending = new PendingCalls();

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly table: RemoteTable,
  ) {}

  /** Calls a method on one server. Rejects with a {@link RemoteException}, or the `PomeloException` that the remote threw. */
  async call(
    server: string,
    method: string,
    args: readonly unknown[],
    { timeoutMs }: CallOptions = {},
  ): Promise<unknown> {
    const budgetMs = timeoutMs ?? this.options.limits.requestMs;
    const { callId, promise } = this.pending.open(server, method, budgetMs);
    try {
      this.cluster.send(server, callId, encodeFrame(['req', callId, method, budgetMs, args], method));
    } catch (error) {
      this.pending.reject(callId, error);
    }
    return promise;
  }

  /** Calls a method without waiting: at most once. Throws `REMOTE_ARGUMENTS`. */
  notify(server: string, method: string, args: readonly unknown[]): void {
    this.cluster.send(server, 0, encodeFrame(['notify', method, args], method));
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
    this.pending.fail(batchNo, 'REMOTE_NOT_DELIVERED', { server: to });
  }

  private receive(from: PeerId, frame: Frame): void {
    switch (frame[0]) {
      case 'req':
        void this.answer(from, frame);
        break;
      case 'notify':
        void this.execute(frame[1], frame[2]).catch((error: unknown) => this.report(frame[1], error));
        break;
      case 'res':
        this.pending.resolve(from.id, frame[1], frame[2]);
        break;
      case 'err':
        if (this.pending.isFor(from.id, frame[1])) this.rejectWith(frame);
        break;
    }
  }

  private rejectWith([, callId, deliberate, code, message, reason, data]: ErrorFrame): void {
    if (!deliberate) this.pending.fail(callId, 'REMOTE_FAILED', { detail: message });
    else {
      const options = {
        ...(reason === undefined ? {} : { reason }),
        ...(data === undefined ? {} : { data }),
      };
      this.pending.reject(callId, new PomeloException(code, message, options));
    }
  }

  private async answer(from: PeerId, [, callId, method, , args]: RequestFrame): Promise<void> {
    let bytes: Uint8Array;
    try {
      bytes = encodeFrame(['res', callId, await this.execute(method, args)], method);
    } catch (error) {
      bytes = this.encodeFailure(callId, method, error);
    }
    try {
      this.cluster.send(from.id, 0, bytes);
    } catch (error) {
      this.report(method, error);
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

  private async execute(method: string, args: readonly unknown[]): Promise<unknown> {
    const remote = this.table.get(method);
    if (remote === undefined)
      throw new RemoteException('REMOTE_UNKNOWN', { server: this.options.server.id, method });
    return remote(...args);
  }

  private errorFrame(callId: number, method: string, error: unknown): ErrorFrame {
    if (error instanceof RemoteException)
      return ['err', callId, false, 500, error.message, undefined, undefined];
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
