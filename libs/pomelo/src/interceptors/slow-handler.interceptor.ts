import {
  Injectable,
  Logger,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { finalize, type Observable } from 'rxjs';
import { checkInteger } from '../options/option-checks.js';
import { Session } from '../sessions/session.js';
import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

/** Between two lines about one handler, in ms: when everything is slow, the log must not make it slower. */
const QUIET_MS = 1_000;

/** A handler that took long. */
export interface SlowHandler {
  /** `ClassName.method`. */
  readonly handler: string;
  /** The route of the message; `undefined` for a remote. */
  readonly route: string | undefined;
  /** The session that sent it; `undefined` for a remote. */
  readonly sessionId: string | undefined;
  /** How long it took, in ms. */
  readonly ms: number;
}

/** Called with every slow handler; must not throw. */
export type SlowHandlerReport = (slow: SlowHandler) => void;

/**
 * Reports handlers that take longer than they should, from the first guard's yes to the end of the answer: by default with
 * a warning in the log, at most one a second for each handler.
 *
 * @example `@UseInterceptors(new SlowHandlerInterceptor(200))`
 */
@Injectable()
export class SlowHandlerInterceptor implements NestInterceptor {
  private readonly logger = new Logger('Pomelo');
  private readonly toldAt = new Map<string, number>();

  /** Throws `OPTION_INVALID` unless the time, in ms, is a whole number from 1. */
  constructor(
    private readonly ms: number,
    private readonly report: SlowHandlerReport = (slow) => this.warn(slow),
  ) {
    checkInteger('SlowHandlerInterceptor', ms, 1, LONGEST_TIMER_MS);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const startedAt = performance.now();
    return next.handle().pipe(finalize(() => this.ended(context, performance.now() - startedAt)));
  }

  private ended(context: ExecutionContext, ms: number): void {
    if (ms < this.ms) return;
    const handler = `${context.getClass().name}.${context.getHandler().name}`;
    const ws = context.switchToWs();
    const client: unknown = ws.getClient();
    const isMessage = client instanceof Session;
    this.report({
      handler,
      route: isMessage ? ws.getPattern() : undefined,
      sessionId: isMessage ? client.id : undefined,
      ms,
    });
  }

  private warn({ handler, route, sessionId, ms }: SlowHandler): void {
    const now = performance.now();
    if (now - (this.toldAt.get(handler) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    this.toldAt.set(handler, now);
    const where = route === undefined ? '' : ` {${route}} for session ${sessionId}`;
    this.logger.warn(`${handler}${where} took ${ms.toFixed(0)} ms`);
  }
}
