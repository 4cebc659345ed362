import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { CompiledMethod } from '../discovery/method-compiler.js';
import { pomeloError, type PomeloException } from '../errors/pomelo.exception.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { Session } from '../sessions/session.js';
import { DeadlineList } from '../timing/deadline-list.js';
import type { HandlerArguments } from './handler-arguments.js';
import { promiseOf, wholeOf } from './promise-of.js';
import { SerialLane, SerialTurn, WaitingTurn } from './serial-lane.js';

/** Handlers beyond their time whose lanes are kept: what never ends must not fill the memory. */
const MOST_OVERDUE = 10_000;

/** Lets messages of one session to handlers with `@Serial()` run one after another on this server. */
@Injectable()
export class SerialLanes implements OnApplicationShutdown {
  private readonly logger = new Logger('Pomelo');
  private readonly lanes = new Map<string, SerialLane>();
  private readonly deadlines: DeadlineList;
  /** Those that ran out of time and have not ended, the oldest first. */
  private readonly overdue = new Set<SerialTurn>();

  constructor(@Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions) {
    this.deadlines = new DeadlineList(options.limits.requestMs);
  }

  /** Sessions of which a message runs or waits. */
  get size(): number {
    return this.lanes.size;
  }

  onApplicationShutdown(): void {
    this.deadlines.stop();
  }

  /** The same handler, in its turn. Throws `QUEUE_FULL`. */
  wrap(invoke: CompiledMethod<HandlerArguments>): CompiledMethod<HandlerArguments> {
    return (session, body, message, route) => {
      const work = (): unknown => invoke(session, body, message, route);
      const lane = this.lanes.get(session.id);
      return lane === undefined
        ? this.runFirst(session, work)
        : this.wait(lane, session, work, message.expiresAt);
    };
  }

  private runFirst({ id }: Session, work: () => unknown): unknown {
    const result = work();
    const promise = promiseOf(result);
    if (promise === undefined) return result;
    const whole = wholeOf(promise);
    const lane = new SerialLane(id);
    this.lanes.set(id, lane);
    this.occupy(lane, new SerialTurn(lane, this.onOverdue), whole);
    return whole;
  }

  private wait(
    lane: SerialLane,
    session: Session,
    work: () => unknown,
    expiresAt = Number.POSITIVE_INFINITY,
  ): Promise<unknown> {
    const { requestsInFlight: limit } = this.options.limits;
    if (lane.waiting.length >= limit) throw pomeloError('QUEUE_FULL', { limit });
    const turn = new WaitingTurn(lane, this.onWaitedTooLong, session, (self) =>
      this.serve(self, work, Math.min(self.deadline, expiresAt)),
    );
    this.deadlines.add(turn);
    lane.waiting.push(turn);
    return turn.result;
  }

  /** The one before may have changed the values of the session. */
  private async serve({ session }: WaitingTurn, work: () => unknown, deadline: number): Promise<unknown> {
    if (!(await session.refresh())) throw pomeloError('SESSION_CLOSED', { session: session.id });
    if (performance.now() >= deadline) throw this.timeout();
    return wholeOf(work());
  }

  /** The lane is taken until the work has ended, also when that takes longer than anybody waits. */
  private occupy(lane: SerialLane, turn: SerialTurn, work: Promise<unknown>): void {
    lane.current = turn;
    this.deadlines.add(turn);
    const free = (): void => this.free(turn);
    // The answer leaves before the next one begins.
    void work.then(nothing, nothing).then(free);
  }

  private free(turn: SerialTurn): void {
    const { lane } = turn;
    this.deadlines.remove(turn);
    this.overdue.delete(turn);
    if (lane.current === turn) this.advance(lane);
  }

  private advance(lane: SerialLane): void {
    lane.current = undefined;
    const next = lane.waiting.shift();
    if (next === undefined) {
      this.lanes.delete(lane.sessionId);
      return;
    }
    this.deadlines.remove(next);
    this.occupy(lane, new SerialTurn(lane, this.onOverdue), next.run());
  }

  private readonly onWaitedTooLong = (turn: SerialTurn): void => {
    const { waiting } = turn.lane;
    const index = waiting.findIndex((one) => one === turn);
    const [late] = index < 0 ? [] : waiting.splice(index, 1);
    late?.refuse(this.timeout());
  };

  private readonly onOverdue = (turn: SerialTurn): void => {
    this.overdue.add(turn);
    if (this.overdue.size <= MOST_OVERDUE) return;
    const [oldest] = this.overdue;
    if (oldest === undefined) return;
    this.logger.warn(
      `A serial handler has not ended for session ${oldest.lane.sessionId}: it is not waited for any more`,
    );
    this.free(oldest);
  };

  private timeout(): PomeloException {
    return pomeloError('REQUEST_TIMEOUT', { ms: this.options.limits.requestMs });
  }
}

function nothing(): void {}
