import type { ResolvedOverload } from './overload-options.js';

/** Looks that must be late one after another before less is let in: a single one is a collection of garbage. */
const LATE_LOOKS = 2;
/** Calm looks after which the guard is over. */
const CALM_LOOKS = 20;
/** The least that is let in: without load there would be nothing to learn from. */
const LEAST = 0.05;
/** What is left of the share after a late look, and what a calm one adds to it. */
const KEPT = 0.9;
const RAISED = 0.05;

/**
 * Decides how much of the load is let in, by looks at a clock that should come in equal distances. Times are in ms.
 *
 * A late look puts it on guard, and so does a message when the next look is overdue. From then on a message is refused when
 * that is so, which bounds what one turn of the event loop takes on; and of the others a share, which falls with each late
 * look and rises with each calm one, because work may come long after its message.
 */
export class AdmissionControl {
  /** Every message must be asked about; before that, some of them. */
  isOnGuard = false;
  /** There was too much to do, and it has not been calm since. */
  isOverloaded = false;
  private share = 1;
  private lateLooks = 0;
  private calmLooks = 0;
  private credit = 0;
  private dueAt: number;
  /** The turn that is late for the first time goes on for a while: it may have been one pause. */
  private graceEndsAt = 0;

  constructor(
    private readonly bounds: ResolvedOverload,
    private readonly everyMs: number,
    now: number,
  ) {
    this.dueAt = now + everyMs;
  }

  /** Looks at the clock. Gives how late that was. */
  look(now: number): number {
    const lag = now - this.dueAt;
    this.dueAt = now + this.everyMs;
    const { maxLagMs, calmLagMs } = this.bounds;
    if (lag > maxLagMs) this.late();
    else {
      this.lateLooks = 0;
      if (lag < calmLagMs && this.isOnGuard) this.calm();
      else this.calmLooks = 0;
    }
    return lag;
  }

  /** Whether the next message is let in. */
  admits(now: number): boolean {
    const { maxLagMs } = this.bounds;
    const isOverdue = now - this.dueAt > maxLagMs;
    if (!this.isOnGuard) {
      this.isOnGuard = isOverdue;
      this.graceEndsAt = now + maxLagMs;
      return true;
    }
    this.credit += this.share;
    if (this.credit < 1) return this.refuse();
    this.credit -= 1;
    return !isOverdue || now < this.graceEndsAt || this.refuse();
  }

  private refuse(): false {
    this.isOverloaded = true;
    return false;
  }

  private late(): void {
    this.isOnGuard = true;
    this.calmLooks = 0;
    this.lateLooks += 1;
    if (this.lateLooks < LATE_LOOKS) return;
    this.isOverloaded = true;
    this.share = Math.max(LEAST, this.share * KEPT);
  }

  private calm(): void {
    this.share = Math.min(1, this.share + RAISED);
    this.calmLooks = this.share < 1 ? 0 : this.calmLooks + 1;
    if (this.calmLooks < CALM_LOOKS) return;
    this.isOnGuard = false;
    this.isOverloaded = false;
    this.calmLooks = 0;
  }
}
