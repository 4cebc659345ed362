import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { from, type Observable } from 'rxjs';
import { describeError } from '../errors/describe-error.js';
import { ErrorReply, toErrorReply } from '../errors/error-reply.js';
import { ERROR_TABLE } from '../errors/error-table.js';
import { pomeloError, PomeloException } from '../errors/pomelo.exception.js';
import { RemoteException } from '../errors/remote.exception.js';
import { lastOf } from '../handlers/promise-of.js';
import type { Session } from '../sessions/session.js';
import type { IdempotencyClaim, IdempotentOutcome } from './idempotency-store.interface.js';
import {
  resolveIdempotency,
  type IdempotencyOptions,
  type ResolvedIdempotency,
} from './idempotency.options.js';

/** Length of a key, in characters. */
const LONGEST_KEY = 128;

/**
 * Runs a handler once for each key: who asks again with the same key and route gets the same answer, or the answer of the
 * request that is still running, and the handler is not run. A request without a key runs as if this were not here.
 *
 * What a handler throws on purpose (whatever has a code for the client) is kept as an answer is. Any other failure is not,
 * nor an error of the framework, such as a remote that was not reached or a session that has ended: the next one with the key
 * runs the handler again. Throws `IDEMPOTENCY_KEY` (400) for a key that is none,
 * `IDEMPOTENCY_RUNNING` (409) when another server works on it, `IDEMPOTENCY_STORE` (503) when the store cannot be asked.
 *
 * @example `@UseInterceptors(new IdempotencyInterceptor({ key: 'orderId' }))`
 */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Pomelo');
  private readonly options: ResolvedIdempotency;
  private readonly running = new Map<string, Promise<unknown>>();

  /** Throws `OPTION_INVALID`. */
  constructor(options: IdempotencyOptions = {}) {
    this.options = resolveIdempotency(options);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const key = context.getType<string>() === 'ws' ? this.keyOf(context) : undefined;
    if (key === undefined) return next.handle();
    return from(this.running.get(key) ?? this.run(key, next));
  }

  private keyOf(context: ExecutionContext): string | undefined {
    const ws = context.switchToWs();
    const [session, route] = [ws.getClient<Session>(), ws.getPattern()];
    const key = this.options.keyOf(ws.getData(), session, route);
    if (key === undefined || key === null) return undefined;
    const isKey =
      typeof key === 'string' ? key !== '' && key.length <= LONGEST_KEY : Number.isSafeInteger(key);
    if (!isKey) throw pomeloError('IDEMPOTENCY_KEY', { limit: LONGEST_KEY });
    const owner =
      this.options.per === 'uid' && session.uid !== undefined
        ? ['uid', session.uid]
        : ['session', session.id];
    return JSON.stringify([route, ...owner, key]);
  }

  private run(key: string, next: CallHandler): Promise<unknown> {
    const forget = (): void => void this.running.delete(key);
    const result = this.once(key, next);
    this.running.set(key, result);
    result.then(forget, forget);
    return result;
  }

  private async once(key: string, next: CallHandler): Promise<unknown> {
    const claim = await this.claim(key);
    if (claim === 'running') throw pomeloError('IDEMPOTENCY_RUNNING');
    if (claim !== 'yours') return answerOf(claim);
    try {
      const value = await lastOf(next.handle());
      await this.settle(key, value instanceof ErrorReply ? failureOf(value) : { value });
      return value;
    } catch (error) {
      await this.settle(key, lastingFailureOf(error));
      throw error;
    }
  }

  private async claim(key: string): Promise<IdempotencyClaim> {
    const { store, ttlMs } = this.options;
    try {
      return await store.claim(key, ttlMs);
    } catch (error) {
      throw pomeloError('IDEMPOTENCY_STORE', { detail: describeError(error) });
    }
  }

  /** The work is done: that a store fails now changes nothing for its client. */
  private async settle(key: string, outcome: IdempotentOutcome | undefined): Promise<void> {
    const { store, ttlMs } = this.options;
    try {
      await (outcome === undefined ? store.release(key) : store.keep(key, outcome, ttlMs));
    } catch (error) {
      this.logger.error(`The outcome of a request was not kept: ${describeError(error)}`);
    }
  }
}

function failureOf({ code, msg, data }: ErrorReply): IdempotentOutcome {
  return {
    error: { code, ...(msg === undefined ? {} : { msg }), ...(data === undefined ? {} : { data }) },
  };
}

/** What a handler says on purpose is its answer; that a part of the cluster, or the session, is away just now is not. */
function lastingFailureOf(error: unknown): IdempotentOutcome | undefined {
  if (error instanceof RemoteException) return undefined;
  if (error instanceof PomeloException && Object.hasOwn(ERROR_TABLE, error.reason ?? '')) return undefined;
  const reply = toErrorReply(error);
  return reply === undefined ? undefined : failureOf(reply);
}

/** What was answered before. */
function answerOf(outcome: IdempotentOutcome): unknown {
  // In JSON an answer that is nothing has no field.
  if (!('error' in outcome)) return outcome.value;
  const { code, msg = '', data } = outcome.error;
  throw new PomeloException(code, msg, data === undefined ? {} : { data });
}
