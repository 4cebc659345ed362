import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { JsonRefusal, parseJson } from 'nestjs-pomelo-protocol';
import type { PeerId } from '../cluster/cluster-driver.interface.js';
import { ServerRegistry } from '../cluster/server-registry.js';
import type { ClientMessage } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import { describeError } from '../errors/describe-error.js';
import { ErrorReply, toErrorReply } from '../errors/error-reply.js';
import { pomeloError, PomeloException } from '../errors/pomelo.exception.js';
import { HandlerTable } from '../handlers/handler-table.js';
import { wholeOf } from '../handlers/promise-of.js';
import { LoadShedder } from '../overload/load-shedder.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import type { SessionRecord } from '../sessions/session-record.js';
import { BackendSessionService } from './backend-session.service.js';
import { FORWARD } from './forwarder.js';

/** The number of a forwarded request: the frontend knows the one of its client. */
const SOME_ID = 1;

/** Handles the messages of clients that are connected to other servers. */
@Injectable()
export class ForwardedMessages implements OnModuleInit {
  private readonly logger = new Logger('Pomelo');

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly table: HandlerTable,
    private readonly rpc: RpcService,
    private readonly sessions: BackendSessionService,
    private readonly shedder: LoadShedder,
  ) {}

  onModuleInit(): void {
    this.rpc.expose(
      FORWARD,
      (
        from,
        record: SessionRecord,
        isRequest: boolean,
        route: string,
        body: unknown,
        json?: Uint8Array,
        leftMs?: number,
      ) => {
        const message = { id: isRequest ? SOME_ID : undefined, route, body, ...expiryOf(leftMs) };
        return isRequest ? this.handle(from, record, message, json) : this.obey(from, record, message, json);
      },
    );
  }

  /** A notify that is refused on purpose is dropped, as it is on the server of its client. */
  private async obey(...args: Parameters<ForwardedMessages['handle']>): Promise<void> {
    try {
      await this.handle(...args);
    } catch (error) {
      if (toErrorReply(error) === undefined) throw error;
      if (error instanceof PomeloException && error.reason === 'QUEUE_FULL')
        reportReject('handler', 'rate_limited', 'cluster');
      this.logger.debug(`A notify for ${JSON.stringify(args[2].route)} was dropped: ${describeError(error)}`);
    }
  }

  private async handle(
    from: PeerId,
    record: SessionRecord,
    message: ClientMessage,
    json: Uint8Array | undefined,
  ): Promise<unknown> {
    this.checkSender(from, record);
    const handler = this.table.get(message.route);
    if (handler === undefined) throw pomeloError('UNKNOWN_ROUTE');
    if (this.shedder.sheds(handler.route)) throw this.shed();
    const body = json === undefined ? message.body : this.parse(json);
    const result = handler.invoke(this.sessions.view(record), body, { ...message, body }, message.route);
    const value = await wholeOf(result);
    if (value instanceof ErrorReply) throw value;
    return value;
  }

  /** The frontend passes it on to the client. */
  private shed(): PomeloException {
    reportReject('message', 'overloaded', 'cluster');
    return this.shedder.refusal;
  }

  /** Who a session belongs to is said by the frontend that holds it, and by nobody else. */
  private checkSender(from: PeerId, { frontendId }: SessionRecord): void {
    if (from.id === frontendId && this.registry.get(from.id)?.frontend === true) return;
    this.logger.error(`Server ${from.id} spoke for a session of ${frontendId}`);
    throw pomeloError('NO_SERVER', { type: from.role });
  }

  private parse(json: Uint8Array): unknown {
    const { packageBytes: maxBytes, jsonDepth: maxDepth } = this.options.limits;
    const body = parseJson(json, 0, json.length, { maxBytes, maxDepth });
    if (body instanceof JsonRefusal) throw pomeloError('BAD_BODY', { detail: body.reason });
    return body;
  }
}

function expiryOf(leftMs: number | undefined): Pick<ClientMessage, 'expiresAt'> {
  return leftMs === undefined ? {} : { expiresAt: performance.now() + leftMs };
}
