import { isObservable } from 'rxjs';
import type { FrontendSession } from '../sessions/frontend-session.js';
import type { Expiring } from '../timing/deadline-list.js';
import type { Answering, Answers } from './answers.js';
import { lastOf } from './promise-of.js';

/** Who knows what is in flight. */
export interface InFlight {
  readonly answers: Answers;
  /** Forgets a message that has ended. */
  release(request: AnswerInFlight): void;
}

/** One message that has not ended: a request is answered once, by the handler or by the deadline. */
export class AnswerInFlight implements Expiring {
  deadline = 0;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;
  private ended = false;

  constructor(
    private readonly owner: InFlight,
    readonly session: FrontendSession,
    private readonly id: number | undefined,
    private readonly handler: Answering,
    /** Others of its session wait for its end. */
    readonly isOrdered: boolean,
  ) {}

  /** Ends with what the promise gives. Never throws. */
  follow(result: PromiseLike<unknown>): void {
    try {
      result.then(
        (value) => this.succeed(value),
        (error: unknown) => this.fail(error),
      );
    } catch (error) {
      this.fail(error);
    }
  }

  succeed(value: unknown): void {
    try {
      // A promise may bring a stream, as in Nest's own controllers.
      if (isObservable(value)) {
        lastOf(value).then(
          (last) => this.succeed(last),
          (error: unknown) => this.fail(error),
        );
      } else if (this.end()) {
        this.owner.answers.answer(this.session, this.id, this.handler, value);
        this.owner.release(this);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (!this.end()) return;
    this.owner.answers.fail(this.session, this.id, this.handler.route, error, this.handler);
    this.owner.release(this);
  }

  expire(): void {
    if (!this.end()) return;
    this.owner.answers.timeOut(this.session, this.id, this.handler);
    this.owner.release(this);
  }

  /** The first end counts. Whoever ends it releases it after the answer: what is read next must not be answered before. */
  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    return true;
  }
}
