import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { defaultIfEmpty, takeLast, throwError, timeout, type Observable } from 'rxjs';
import { pomeloError } from '../errors/pomelo.exception.js';
import { checkInteger } from '../options/option-checks.js';
import { LONGEST_TIMER_MS } from '../timing/longest-timer.js';

/**
 * Answers with 504 (`REQUEST_TIMEOUT`) when a handler takes longer than it may. What it gives later is dropped; what it
 * does goes on, as with `limits.requestMs`, which bounds every handler and is the longest that this can be. HTTP requests of
 * the same application pass.
 *
 * @example `@UseInterceptors(new TimeoutInterceptor(500))`
 */
@Injectable()
export class TimeoutInterceptor implements NestInterceptor {
  /** Throws `OPTION_INVALID` unless the time, in ms, is a whole number from 1. */
  constructor(private readonly ms: number) {
    checkInteger('TimeoutInterceptor', ms, 1, LONGEST_TIMER_MS);
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() === 'http') return next.handle();
    const late = (): Observable<never> => throwError(() => pomeloError('REQUEST_TIMEOUT', { ms: this.ms }));
    return next
      .handle()
      .pipe(takeLast(1), defaultIfEmpty(undefined), timeout({ first: this.ms, with: late }));
  }
}
