import type { Logger } from '@nestjs/common';
import { reportReject } from '../diagnostics.js';
import { describeError, stackOf } from '../errors/describe-error.js';
import { ErrorReply, toErrorReply } from '../errors/error-reply.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';
import type { CompiledHandler } from './handler-table.js';

/** What answers a message, for the log. */
export type Answering = Pick<CompiledHandler, 'route' | 'name'>;

/** Sends the answers of messages, whatever became of them. */
export class Answers {
  private readonly warnedNotifies = new Set<string>();

  constructor(
    private readonly logger: Logger,
    /** Time that a handler has, in ms. */
    private readonly requestMs: number,
  ) {}

  /** The answer of a handler that ran out of time. */
  timeOut(session: FrontendSession, id: number | undefined, handler: Answering): void {
    reportReject('handler', 'handler_timeout', transportOf(session));
    this.fail(session, id, handler.route, pomeloError('REQUEST_TIMEOUT', { ms: this.requestMs }), handler);
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
