import { settles } from '../endurance/settle.js';
import type { Fleet, Post } from '../fleet/fleet.js';
import type { Balancer } from './balancer.js';
import type { Customer } from './customer.js';
import type { RollingRecord } from './record.js';

/** All clients are back after it, in ms. */
const MOST_BACK_MS = 15_000;
/** Whoever is not back then never will be, in ms. */
const GIVE_UP_MS = 60_000;

/** Restarts the servers of a fleet one after the other. */
export class Restarts {
  count = 0;
  /** From the signal until the last client was logged in again, in ms: the longest such time. */
  slowestBackMs = 0;
  /** From the signal to the end of the process, in ms: the longest such time. */
  slowestEndMs = 0;

  constructor(
    private readonly fleet: Fleet,
    private readonly balancer: Balancer,
    private readonly customers: readonly Customer[],
    private readonly record: RollingRecord,
  ) {}

  /** Every server once: the next one when all clients are back. */
  async round(): Promise<void> {
    for (const post of [...this.fleet.frontends, ...this.fleet.backends]) await this.restart(post);
  }

  private async restart(post: Post): Promise<void> {
    const { record, balancer } = this;
    const startedAt = performance.now();
    balancer.away.add(post);
    const code = await post.member.end('SIGTERM');
    this.slowestEndMs = Math.max(this.slowestEndMs, performance.now() - startedAt);
    if (code !== 0) record.fail(`${post.id} ended with ${code}:\n${post.member.log}`);
    await this.fleet.serve(post);
    balancer.away.delete(post);
    const areBack = await settles(() => this.customers.every(({ isOnline }) => isOnline), GIVE_UP_MS);
    const backMs = areBack ? record.lastLoginAt - startedAt : GIVE_UP_MS;
    if (backMs > MOST_BACK_MS)
      record.fail(`after ${post.id} clients were back after ${Math.round(backMs)} ms`);
    this.slowestBackMs = Math.max(this.slowestBackMs, backMs);
    this.count += 1;
  }
}
