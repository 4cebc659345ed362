import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { describeError } from '../errors/describe-error.js';
import { synchronous } from '../errors/synchronous.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { Dispatcher } from '../handlers/dispatcher.js';
import type { PomeloLimits } from '../options/limits.js';
import { LoadShedder } from '../overload/load-shedder.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';

/** Takes the packages of clients to the dispatcher: decodes them, and slows down who sends too many. */
@Injectable()
export class MessageIntake {
  private readonly logger = new Logger('Pomelo');
  private readonly limits: Readonly<PomeloLimits>;

  constructor(
    @Inject(POMELO_OPTIONS) options: ResolvedOptions,
    private readonly dispatcher: Dispatcher,
    private readonly shedder: LoadShedder,
  ) {
    this.limits = options.limits;
  }

  /** Takes one complete package. Never throws. */
  receive(session: FrontendSession, message: Buffer): void {
    if (!session.isOpen) return;
    if (session.admission !== undefined) {
      this.receiveLater(session, message);
      return;
    }
    const decoded = this.decode(session, message);
    if (decoded === undefined || !session.isOpen) return;
    if (!session.budget.take()) this.slowDown(session, decoded);
    else if (this.shedder.sheds(decoded.route)) this.shed(session, decoded);
    else this.dispatcher.dispatch(session, decoded);
  }

  /** Bytes that a codec throws at, or makes no message of, cost their own client the connection and nobody else anything. */
  private decode(session: FrontendSession, message: Buffer): ClientMessage | undefined {
    try {
      const decoded: unknown = synchronous(
        'decode()',
        session.connector.codec.decode(session.client, message),
      );
      if (decoded === undefined || isClientMessage(decoded)) return decoded;
      this.refuseMessage(session, 'decode() gave no message');
    } catch (error) {
      this.refuseMessage(session, describeError(error));
    }
    return undefined;
  }

  /** Answers with 429; who goes on all the same is closed. */
  private slowDown(session: FrontendSession, { id, route }: ClientMessage): void {
    reportReject('message', 'rate_limited', transportOf(session));
    const { messagesPerSecond: perSecond, messageBurst: burst } = this.limits;
    if (session.budget.balance < -burst) session.close('rate_limited');
    else {
      const refusal = pomeloError('RATE_LIMITED', { burst, perSecond });
      this.dispatcher.dispatch(session, { id, route, body: undefined, refusal });
    }
  }

  private shed(session: FrontendSession, { id, route }: ClientMessage): void {
    reportReject('message', 'overloaded', transportOf(session));
    this.dispatcher.dispatch(session, { id, route, body: undefined, refusal: this.shedder.refusal });
  }

  private refuseMessage(session: FrontendSession, detail: string): void {
    reportReject('message', 'malformed', transportOf(session));
    this.logger.warn(
      `${session.connector.name} closes session ${session.id}, which sent no message: ${detail}`,
    );
    session.close('malformed');
  }

  /** Only connectors without a handshake of their own get here: their clients talk while a guard still decides. */
  private receiveLater(session: FrontendSession, message: Buffer): void {
    session.inFlight += 1;
    if (session.inFlight > this.limits.requestsInFlight) {
      session.close('before_handshake');
      return;
    }
    const copy = Buffer.from(message);
    void session.admission?.then(() => {
      session.inFlight -= 1;
      this.receive(session, copy);
    });
  }
}

/** A codec of the application may give anything, whatever its types say. */
function isClientMessage(value: unknown): value is ClientMessage {
  if (typeof value !== 'object' || value === null || !('route' in value) || typeof value.route !== 'string')
    return false;
  const id: unknown = 'id' in value ? value.id : undefined;
  return id === undefined || (Number.isSafeInteger(id) && Number(id) > 0);
}
