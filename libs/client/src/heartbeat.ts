import { timerDelay } from './timer-delay.js';

/** The shortest interval that is obeyed, so that no server can make a client spin. */
const MIN_INTERVAL_MS = 10;

/**
 * What is granted beyond the two intervals, in milliseconds, as Pomelo's JavaScript client does: after a process was busy
 * or a device slept, what the server sent meanwhile is read in this time.
 */
const SLACK_MS = 100;

/**
 * Keeps one connection alive: sends a heartbeat every interval, and gives up when nothing at all has come for two.
 *
 * Serves both kinds of server: Pomelo answers each heartbeat of a client and sends none but the first by itself,
 * pitaya sends on its own timer and wants to hear something in between.
 */
export class Heartbeat {
  private readonly limitMs: number;
  private readonly beat: ReturnType<typeof setInterval>;
  private watch: ReturnType<typeof setTimeout> | undefined;
  private lastSeen = performance.now();

  constructor(
    intervalMs: number,
    send: () => void,
    /** Called at most once, with the milliseconds of silence. */
    private readonly onSilence: (silentMs: number) => void,
  ) {
    this.limitMs = timerDelay(intervalMs * 2);
    this.beat = setInterval(send, timerDelay(intervalMs));
    this.watchFor(this.limitMs);
  }

  /** Tells that a package came, of whatever type. */
  seen(): void {
    this.lastSeen = performance.now();
  }

  /** Ends both timers. */
  stop(): void {
    clearInterval(this.beat);
    clearTimeout(this.watch);
  }

  /** One timer runs for the rest of the silence allowed, so that a package costs no timer of its own. */
  private watchFor(delayMs: number, isLastChance = false): void {
    this.watch = setTimeout(() => {
      const silentMs = performance.now() - this.lastSeen;
      if (silentMs < this.limitMs) this.watchFor(this.limitMs - silentMs);
      else if (!isLastChance) this.watchFor(SLACK_MS, true);
      else this.giveUp(silentMs);
    }, delayMs);
  }

  private giveUp(silentMs: number): void {
    this.stop();
    this.onSilence(silentMs);
  }
}

/** The interval in milliseconds that `sys.heartbeat` (seconds) announces; undefined when heartbeats are off. */
export function heartbeatIntervalMs(seconds: unknown): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? Math.max(seconds * 1_000, MIN_INTERVAL_MS) : undefined;
}
