import { Inject, Injectable, Logger } from '@nestjs/common';
import { ClusterService } from '../cluster/cluster.service.js';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import {
  encodeFrame,
  type ErrorFrame,
  type FrameContext,
  type NotifyFrame,
  type RequestFrame,
} from '../cluster/frames.js';
import { describeError, stackOf } from '../errors/describe-error.js';
import type { ErrorCode } from '../errors/error-table.js';
import { toErrorReply } from '../errors/error-reply.js';
import { PomeloException } from '../errors/pomelo.exception.js';
import { RemoteException } from '../errors/remote.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { runWithTravelled } from './call-context.js';
import { RemoteTable } from './remote-table.js';

/** A method of the framework itself that other servers call. */
export type SystemMethod = (from: PeerId, ...args: readonly never[]) => unknown;

/** Of what the called server itself refuses, the caller learns the reason; the rest is a failure inside the remote. */
const TOLD_REASONS: ReadonlySet<string> = new Set<ErrorCode>(['REMOTE_OVERLOADED', 'REMOTE_UNKNOWN']);

/** Does what other servers ask for, and answers them: always, whatever happens. */
@Injectable()
export class CallAnswers {
  /** Called when a call has been worked on. */
  onDone: () => void = () => {};
  private readonly logger = new Logger('Pomelo');
  private readonly system = new Map<string, SystemMethod>();
  private readonly unlimited = new Set<string>();
  private working = 0;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly cluster: ClusterService,
    private readonly table: RemoteTable,
  ) {}

  /** Calls that are worked on. */
  get inFlight(): number {
    return this.working;
  }

  /** Lets other servers call a method of the framework; one that ends at once needs no limit. */
  expose(name: string, method: SystemMethod, isLimited = true): void {
    this.system.set(name, method);
    if (!isLimited) this.unlimited.add(name);
  }

  /** Works on a call that nobody waits for. Never rejects. */
  async obey(from: PeerId, [, method, args, context]: NotifyFrame): Promise<void> {
    this.working += 1;
    try {
      this.admit(method);
      await this.execute(from, method, args, context);
    } catch (error) {
      this.report(method, error);
    } finally {
      this.release();
    }
  }

  /** Works on a call, and sends the answer. Never rejects. */
  async answer(from: PeerId, [, callId, method, , args, context]: RequestFrame): Promise<void> {
    this.working += 1;
    let bytes: Uint8Array;
    try {
      this.admit(method);
      const value = await this.execute(from, method, args, context);
      bytes = encodeFrame(['res', callId, value], method);
    } catch (error) {
      bytes = this.encodeFailure(callId, method, error);
    }
    this.reply(from, callId, method, bytes);
    this.release();
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
    if (this.working > limit && !this.unlimited.has(method))
      throw new RemoteException('REMOTE_OVERLOADED', { server: server.id, method, limit });
  }

  private release(): void {
    this.working -= 1;
    this.onDone();
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
