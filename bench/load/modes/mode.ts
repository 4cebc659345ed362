import type { Link } from '../link.js';
import type { LoadResult } from '../load-task.js';

/** What the clients of a load do, once they are let in. */
export interface Mode {
  onAnswers(link: Link, count: number): void;
  onPushes(link: Link, count: number): void;
  /** Begins; fulfils when `ms` are over and nothing is in flight any more. */
  run(ms: number): Promise<LoadResult>;
}
