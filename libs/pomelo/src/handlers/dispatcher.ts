import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { pomeloError, type PomeloException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';
import { Forwarder } from '../backend/forwarder.js';
import { AnswerInFlight, type InFlight } from './answer-in-flight.js';
import { Answers, type Answering } from './answers.js';
import { HandlerTable, type CompiledHandler } from './handler-table.js';
import { promiseOf } from './promise-of.js';
import { invokeTracked } from './request-context.js';
import { SessionOrder } from './session-order.js';
import { DeadlineList } from '../timing/deadline-list.js';

/** Takes a decoded message to its handler and the result back. A request always ends: answer, error or timeout. */
@Injectable()
export class Dispatcher implements InFlight {
  private readonly logger = new Logger('Pomelo');
  private readonly deadlines: DeadlineList;
  private readonly maxInFlight: number;
  private readonly order = new SessionOrder();
  /** For {@link AnswerInFlight}. */
  readonly answers: Answers;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly table: HandlerTable,
    private readonly forwarder: Forwarder,
  ) {
    this.answers = new Answers(this.logger, options.limits.requestMs);
    this.deadlines = new DeadlineList(options.limits.requestMs);
    this.maxInFlight = options.limits.requestsInFlight;
  }

  /** Starts the handler of a message before it returns, unless it has to wait for its turn. Never throws. */
  dispatch(session: FrontendSession, message: ClientMessage): void {
    const { id, route } = message;
    const { counters } = session.connector;
    if (id === undefined) counters.notifies += 1;
    else counters.requests += 1;
    if (this.table.hasOrder && this.table.isOrdered(route)) {
      this.takeTurn(session, message);
      return;
    }
    if (message.refusal !== undefined) {
      this.answers.fail(session, id, route, message.refusal);
      return;
    }
    const handler = this.table.get(route);
    if (handler === undefined || this.forwarder.goesElsewhere(handler.serverType, session)) {
      this.dispatchElsewhere(session, message);
      return;
    }
    let result: unknown;
    let promise: PromiseLike<unknown> | undefined;
    try {
      result = this.invoke(session, handler, message);
      // In here, because a result may fail when it is only looked at: a revoked proxy does.
      promise = promiseOf(result);
    } catch (error) {
      this.answers.fail(session, id, route, error, handler);
      return;
    }
    if (promise === undefined) this.answers.answer(session, id, handler, result);
    else this.settle(session, id, handler, promise);
  }

  /** Ends the timer; for the shutdown. */
  stop(): void {
    this.deadlines.stop();
  }

  private invoke(session: FrontendSession, handler: CompiledHandler, message: ClientMessage): unknown {
    return this.options.trackRequests
      ? invokeTracked(session, handler, message)
      : handler.invoke(session.view(), message.body, message, handler.route);
  }

  private settle(
    session: FrontendSession,
    id: number | undefined,
    handler: Answering,
    result: PromiseLike<unknown>,
  ): void {
    const pending = new AnswerInFlight(this, session, id, handler, false);
    this.hold(pending);
    pending.follow(result);
  }

  /** A message has not ended: its time runs, and it counts for its session. */
  private hold(pending: AnswerInFlight): void {
    const { session } = pending;
    this.deadlines.add(pending);
    session.inFlight += 1;
    if (session.inFlight >= this.maxInFlight) session.client.pause?.();
  }

  /** A message that begins only when the ordered ones before it have ended. */
  private takeTurn(session: FrontendSession, message: ClientMessage): void {
    const { id, route } = message;
    // Only a connector that cannot stop reading gets here with more.
    if (this.order.waiting(session) >= this.maxInFlight) {
      reportReject('handler', 'rate_limited', transportOf(session));
      this.answers.fail(session, id, route, pomeloError('QUEUE_FULL', { limit: this.maxInFlight }));
      return;
    }
    const handler = this.table.get(route) ?? { route, name: 'A message for another server' };
    const pending = new AnswerInFlight(this, session, id, handler, true);
    this.hold(pending);
    const timed = { ...message, expiresAt: pending.deadline };
    this.order.enter(pending, () => this.begin(session, timed, pending));
  }

  private begin(session: FrontendSession, message: ClientMessage, pending: AnswerInFlight): void {
    try {
      const result = this.resultOf(session, message);
      const promise = promiseOf(result);
      if (promise === undefined) pending.succeed(result);
      else pending.follow(promise);
    } catch (error) {
      pending.fail(error);
    }
  }

  /** The answer of a message, or a promise of it, wherever it is handled. Throws what it is refused with. */
  private resultOf(session: FrontendSession, message: ClientMessage): unknown {
    if (message.refusal !== undefined) throw message.refusal;
    const handler = this.table.get(message.route);
    if (handler !== undefined && !this.forwarder.goesElsewhere(handler.serverType, session))
      return this.invoke(session, handler, message);
    const type = typeOf(message.route);
    if (this.isNowhere(message.route, type)) throw this.refusalOfRoute(session, message, type);
    const answer = this.forwarder.request(type, session, message);
    // The next one waits for the end of a notify, too.
    return message.id === undefined ? answer.then(() => undefined) : answer;
  }

  /** Removes a message from the pending ones; for {@link AnswerInFlight}. */
  release(request: AnswerInFlight): void {
    this.deadlines.remove(request);
    const { session } = request;
    if (request.isOrdered) this.order.leave(request);
    session.inFlight -= 1;
    if (session.onIdle !== undefined) {
      if (session.inFlight === 0) session.onIdle();
    } else if (session.inFlight === this.maxInFlight - 1) session.client.resume?.();
  }

  /** A type that this process does not host, or a session whose server is another one. */
  private dispatchElsewhere(session: FrontendSession, message: ClientMessage): void {
    const { id, route } = message;
    const type = typeOf(route);
    if (this.isNowhere(route, type))
      this.answers.fail(session, id, route, this.refusalOfRoute(session, message, type));
    else if (id === undefined) {
      if (!this.forwarder.notify(type, session, message))
        this.logger.debug(
          `A notify for ${JSON.stringify(route)} was dropped: no server of type ${type} was reached`,
        );
    } else {
      const where = { route, name: `A server of type ${type}` };
      this.settle(session, id, where, this.forwarder.request(type, session, message));
    }
  }

  private isNowhere(route: string, type: string): boolean {
    return this.table.get(route) === undefined && (this.table.hosts(type) || !this.forwarder.isServed(type));
  }

  private refusalOfRoute(
    session: FrontendSession,
    { id, route }: ClientMessage,
    type: string,
  ): PomeloException {
    const isElsewhere = !this.table.hosts(type) && this.table.serverTypes().includes(type);
    if (!isElsewhere) reportReject('message', 'unknown_route', transportOf(session));
    if (id === undefined)
      this.logger.debug(`A notify for the unknown route ${JSON.stringify(route.slice(0, 128))} was dropped`);
    return isElsewhere ? pomeloError('NO_SERVER', { type }) : pomeloError('UNKNOWN_ROUTE');
  }
}

/** The server type that a route names; empty when it names none. */
function typeOf(route: string): string {
  return route.slice(0, Math.max(0, route.indexOf('.')));
}
