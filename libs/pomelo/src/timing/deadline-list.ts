/** Something that waits for its end within a time. Linked into {@link DeadlineList}. */
export interface Expiring {
  deadline: number;
  previous: Expiring | undefined;
  next: Expiring | undefined;
  /** Called once, when the time is over. */
  expire(): void;
}

/**
 * The deadlines of all that waits for the same time, so that the list is sorted by itself: one timer
 * looks at its head, and adding or removing costs a few assignments.
 */
export class DeadlineList {
  private head: Expiring | undefined;
  private tail: Expiring | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly timeMs: number) {}

  add(request: Expiring): void {
    request.deadline = performance.now() + this.timeMs;
    request.previous = this.tail;
    if (this.tail === undefined) this.head = request;
    else this.tail.next = request;
    this.tail = request;
    this.timer ??= this.arm(this.timeMs);
  }

  remove(request: Expiring): void {
    if (request.previous === undefined) {
      if (this.head === request) this.head = request.next;
    } else request.previous.next = request.next;
    if (request.next === undefined) {
      if (this.tail === request) this.tail = request.previous;
    } else request.next.previous = request.previous;
    request.previous = undefined;
    request.next = undefined;
  }

  /** Ends the timer; what is in the list never expires. */
  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private arm(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.expireDue(), Math.max(1, Math.ceil(ms))).unref();
  }

  private expireDue(): void {
    const now = performance.now();
    try {
      while (this.head !== undefined && this.head.deadline <= now) {
        const due = this.head;
        this.remove(due);
        due.expire();
      }
    } finally {
      this.timer = this.head === undefined ? undefined : this.arm(this.head.deadline - now);
    }
  }
}
