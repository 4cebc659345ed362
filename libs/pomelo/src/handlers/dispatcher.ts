import { Inject, Injectable, Logger } from '@nestjs/common';
import { describeError, stackOf } from '../errors/describe-error.js';
import { isObservable } from 'rxjs';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { ErrorReply, toErrorReply } from '../errors/error-reply.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';
import { Forwarder } from '../backend/forwarder.js';
import { HandlerTable, type CompiledHandler } from './handler-table.js';
import { lastOf, promiseOf } from './promise-of.js';
import { invokeTracked } from './request-context.js';
import { DeadlineList, type Expiring } from '../timing/deadline-list.js';

/** What answers a message, for the log. */
type Answering = Pick<CompiledHandler, 'route' | 'name'>;

/** Takes a decoded message to its handler and the result back. A request always ends: answer, error or timeout. */
@Injectable()
export class Dispatcher {
  private readonly logger = new Logger('Pomelo');
  private readonly deadlines: DeadlineList;
  private readonly maxInFlight: number;
  private readonly warnedNotifies = new Set<string>();

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly table: HandlerTable,
    private readonly forwarder: Forwarder,
  ) {
    this.deadlines = new DeadlineList(options.limits.requestMs);
    this.maxInFlight = options.limits.requestsInFlight;
  }

  /** Starts the handler of a message before it returns. Never throws. */
  dispatch(session: FrontendSession, message: ClientMessage): void {
    const { id, route } = message;
    const { counters } = session.connector;
    if (id === undefined) counters.notifies += 1;
    else counters.requests += 1;
    if (message.refusal !== undefined) {
      this.fail(session, id, route, message.refusal);
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
      result = this.options.trackRequests
        ? invokeTracked(session, handler, message)
        : handler.invoke(session.view(), message.body, message, route);
      // In here, because a result may fail when it is only looked at: a revoked proxy does.
      promise = promiseOf(result);
    } catch (error) {
      this.fail(session, id, route, error, handler);
      return;
    }
    if (promise === undefined) this.answer(session, id, handler, result);
    else this.settle(session, id, handler, promise);
  }

  /** Ends the timer; for the shutdown. */
  stop(): void {
    this.deadlines.stop();
  }

  private settle(
    session: FrontendSession,
    id: number | undefined,
    handler: Answering,
    result: PromiseLike<unknown>,
  ): void {
    const pending = new AnswerInFlight(this, session, id, handler);
    this.deadlines.add(pending);
    session.inFlight += 1;
    if (session.inFlight >= this.maxInFlight) session.client.pause?.();
    try {
      result.then(
        (value) => pending.succeed(value),
        (error: unknown) => pending.fail(error),
      );
    } catch (error) {
      pending.fail(error);
    }
  }

  /** Removes a message from the pending ones; for {@link AnswerInFlight}. */
  release(request: AnswerInFlight): void {
    this.deadlines.remove(request);
    const { session } = request;
    session.inFlight -= 1;
    if (session.onIdle !== undefined) {
      if (session.inFlight === 0) session.onIdle();
    } else if (session.inFlight === this.maxInFlight - 1) session.client.resume?.();
  }

  /** The answer of a handler that ran out of time; for {@link AnswerInFlight}. */
  timeOut(session: FrontendSession, id: number | undefined, handler: Answering): void {
    reportReject('handler', 'handler_timeout', transportOf(session));
    this.fail(
      session,
      id,
      handler.route,
      pomeloError('REQUEST_TIMEOUT', { ms: this.options.limits.requestMs }),
      handler,
    );
  }

  /** Sends an answer; the value of a notify is ignored, with one warning a route. */
  answer(session: FrontendSession, id: number | undefined, handler: Answering, value: unknown): void {
    if (id === undefined) {
      if (value !== undefined) this.warnNotify(handler);
      return;
    }
    if (value instanceof ErrorReply) this.sendError(session, id, handler.route, value);
    else this.send(session, id, handler.route, value);
  }

  /** Answers with an error; an unknown one becomes 500 and is logged. */
  fail(
    session: FrontendSession,
    id: number | undefined,
    route: string,
    error: unknown,
    handler?: Answering,
  ): void {
    const reply = toErrorReply(error);
    if (reply === undefined) {
      reportReject('handler', 'handler_error', transportOf(session));
      const where = `${handler?.name ?? ''} {${JSON.stringify(route)}} session ${session.id}`;
      this.logger.error(`${where} failed: ${describeError(error)}`, stackOf(error));
    }
    if (id !== undefined) this.sendError(session, id, route, reply ?? new ErrorReply(500));
  }

  /** A type that this process does not host, or a session whose server is another one. */
  private dispatchElsewhere(session: FrontendSession, message: ClientMessage): void {
    const { id, route } = message;
    const type = route.slice(0, Math.max(0, route.indexOf('.')));
    if (this.table.get(route) === undefined && (this.table.hosts(type) || !this.forwarder.isServed(type)))
      this.refuseRoute(session, message, type);
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

  private refuseRoute(session: FrontendSession, { id, route }: ClientMessage, type: string): void {
    const isElsewhere = !this.table.hosts(type) && this.table.serverTypes().includes(type);
    if (!isElsewhere) reportReject('message', 'unknown_route', transportOf(session));
    if (id === undefined) {
      this.logger.debug(`A notify for the unknown route ${JSON.stringify(route.slice(0, 128))} was dropped`);
      return;
    }
    const error = isElsewhere ? pomeloError('NO_SERVER', { type }) : pomeloError('UNKNOWN_ROUTE');
    this.fail(session, id, route, error);
  }

  private send(session: FrontendSession, id: number, route: string, body: unknown): void {
    if (!session.isOpen) return;
    try {
      this.deliver(session, id, route, body);
    } catch (error) {
      this.fail(session, id, route, error);
    }
  }

  private sendError(session: FrontendSession, id: number, route: string, reply: ErrorReply): void {
    if (!session.isOpen) return;
    try {
      this.deliver(session, id, route, reply);
    } catch (error) {
      // The error itself cannot be said in this protocol: closing is the one honest answer left.
      this.logger.error(
        `The error answer of ${JSON.stringify(route)} cannot be sent: ${describeError(error)}`,
        stackOf(error),
      );
      session.close();
    }
  }

  private deliver(session: FrontendSession, id: number, route: string, body: unknown): void {
    const { connector, client } = session;
    const bytes = connector.codec.encode(client, id, route, body);
    if (bytes !== undefined) session.deliver(bytes, 'response', route);
  }

  private warnNotify({ route, name }: Answering): void {
    if (this.warnedNotifies.has(route)) return;
    this.warnedNotifies.add(route);
    this.logger.warn(
      `${name} returned a value for a notify of {${route}}: it is ignored. Send a request to get it.`,
    );
  }
}

/** One message whose handler is still running: a request is answered once, by the handler or by the deadline. */
class AnswerInFlight implements Expiring {
  deadline = 0;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;
  private ended = false;

  constructor(
    private readonly dispatcher: Dispatcher,
    readonly session: FrontendSession,
    private readonly id: number | undefined,
    private readonly handler: Answering,
  ) {}

  succeed(value: unknown): void {
    try {
      // A promise may bring a stream, as in Nest's own controllers.
      if (isObservable(value)) {
        lastOf(value).then(
          (last) => this.succeed(last),
          (error: unknown) => this.fail(error),
        );
      } else if (this.end()) {
        this.dispatcher.answer(this.session, this.id, this.handler, value);
        this.dispatcher.release(this);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  fail(error: unknown): void {
    if (!this.end()) return;
    this.dispatcher.fail(this.session, this.id, this.handler.route, error, this.handler);
    this.dispatcher.release(this);
  }

  expire(): void {
    if (!this.end()) return;
    this.dispatcher.timeOut(this.session, this.id, this.handler);
    this.dispatcher.release(this);
  }

  /** The first end counts. Whoever ends it releases it after the answer: what is read next must not be answered before. */
  private end(): boolean {
    if (this.ended) return false;
    this.ended = true;
    return true;
  }
}
