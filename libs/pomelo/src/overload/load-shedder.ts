import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { ERROR_TABLE } from '../errors/error-table.js';
import { PomeloException } from '../errors/pomelo.exception.js';
import { HandlerTable } from '../handlers/handler-table.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { AdmissionControl } from './admission-control.js';

/**
 * Between two looks at the clock, in ms: what costs an idle process half a percent of a core. The histogram of
 * `perf_hooks` costs as much with the timer that has to read it, and forgets the delay during which it was reset.
 */
const LOOK_MS = 25;
/** One of so many messages is asked about while nothing is wrong: it notices a turn that takes too long before its end. */
const ASK_EVERY = 16;
/** Where nobody sheds. */
const ASK_NOBODY = 2 ** 30;

/** Refuses a part of the load when the event loop is late, so that the rest is served in time. */
@Injectable()
export class LoadShedder implements OnApplicationBootstrap, OnApplicationShutdown {
  /** There is too much to do: nobody new is let in. */
  isOverloaded = false;
  /** What those get that are refused. One for all: making an error costs more than refusing a message. */
  readonly refusal = new PomeloException(ERROR_TABLE.OVERLOADED.status, ERROR_TABLE.OVERLOADED.text, {
    reason: 'OVERLOADED',
    data: { reason: 'overloaded' },
  });
  private readonly logger = new Logger('Pomelo');
  /** Messages that may pass before one is asked about. */
  private unasked = ASK_NOBODY;
  private control: AdmissionControl | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly handlers: HandlerTable,
  ) {}

  onApplicationBootstrap(): void {
    const { overload } = this.options;
    if (overload === undefined) return;
    const control = new AdmissionControl(overload, LOOK_MS, performance.now());
    this.control = control;
    this.unasked = 0;
    this.timer = setInterval(() => this.look(control), LOOK_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.control = undefined;
    this.isOverloaded = false;
  }

  /** Whether this message is refused; to be called once for each. */
  sheds(route: string): boolean {
    this.unasked -= 1;
    return this.unasked < 0 && this.refuses(route);
  }

  private refuses(route: string): boolean {
    const { control } = this;
    const isAdmitted =
      control === undefined || this.handlers.isEssential(route) || control.admits(performance.now());
    this.unasked = this.nextQuestion();
    return !isAdmitted;
  }

  private nextQuestion(): number {
    if (this.control === undefined) return ASK_NOBODY;
    return this.control.isOnGuard ? 0 : ASK_EVERY;
  }

  private look(control: AdmissionControl): void {
    const lagMs = control.look(performance.now());
    if (control.isOverloaded && !this.isOverloaded)
      this.logger.warn(`The event loop is ${lagMs.toFixed(0)} ms late: a part of the load is refused`);
    if (!control.isOverloaded && this.isOverloaded)
      this.logger.log('The event loop is calm: nothing is refused any more');
    this.isOverloaded = control.isOverloaded;
    if (control.isOnGuard) this.unasked = 0;
  }
}
