import { AsyncResource } from 'node:async_hooks';
import type { Session } from '../sessions/session.js';
import type { Expiring } from '../timing/deadline-list.js';

/** A message in a lane: it waits within its time, then runs, perhaps beyond it. */
export class SerialTurn implements Expiring {
  deadline = 0;
  previous: Expiring | undefined = undefined;
  next: Expiring | undefined = undefined;

  constructor(
    readonly lane: SerialLane,
    private readonly late: (turn: SerialTurn) => void,
  ) {}

  expire(): void {
    this.late(this);
  }
}

/** A message that waits for its turn. */
export class WaitingTurn extends SerialTurn {
  readonly result: Promise<unknown>;
  private settle = { resolve: (_value: unknown): void => {}, reject: (_error: unknown): void => {} };
  /** Whoever ends the one before works for another message. */
  private readonly scope = new AsyncResource('PomeloSerial');

  constructor(
    lane: SerialLane,
    late: (turn: SerialTurn) => void,
    readonly session: Session,
    private readonly work: (turn: WaitingTurn) => Promise<unknown>,
  ) {
    super(lane, late);
    this.result = new Promise((resolve, reject) => (this.settle = { resolve, reject }));
  }

  /** Runs it; fulfils when it has ended, whichever way. */
  run(): Promise<void> {
    return this.scope.runInAsyncScope(async () => {
      try {
        this.settle.resolve(await this.work(this));
      } catch (error) {
        this.settle.reject(error);
      }
    });
  }

  /** It will not run. */
  refuse(error: unknown): void {
    this.settle.reject(error);
  }
}

/** The messages of one session to serial handlers, of which one runs. */
export class SerialLane {
  /** The one that runs; undefined when it has been given up. */
  current: SerialTurn | undefined = undefined;
  readonly waiting: WaitingTurn[] = [];

  constructor(readonly sessionId: string) {}
}
