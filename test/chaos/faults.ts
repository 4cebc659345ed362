import { setTimeout as delay } from 'node:timers/promises';
import type { Prng } from '../fuzz/prng.js';
import type { Fleet, Post } from '../fleet/fleet.js';

/** Of the log of a server that is named in a failure. */
const LOG_CHARACTERS = 2_000;
/** For a fault to be over and mended, in ms, beside what it lasts. */
const MENDED_MS = 30_000;

/** One kind of fault. Fulfils when it is over and mended; rejects when what must not happen did. */
export interface Fault {
  readonly name: string;
  /** What it strikes: two faults at a time strike different things. */
  readonly target: 'broker' | 'frontend' | 'backend' | 'nobody';
  run(fleet: Fleet, post: Post, holdMs: number): Promise<void>;
  /** The longest that it lasts, in ms. */
  readonly mostMs: number;
}

async function killed(fleet: Fleet, post: Post, holdMs: number): Promise<void> {
  await post.member.end('SIGKILL');
  await delay(holdMs);
  await fleet.serve(post);
}

async function restarted(fleet: Fleet, post: Post): Promise<void> {
  const code = await post.member.end('SIGTERM');
  await fleet.serve(post);
  if (code !== 0) throw new Error(`${post.id} ended with ${code} when it was told to stop`);
}

async function frozen(_fleet: Fleet, { member }: Post, holdMs: number): Promise<void> {
  member.freeze();
  await delay(holdMs);
  member.thaw();
}

async function cutOff(_fleet: Fleet, { way }: Post, holdMs: number): Promise<void> {
  way.cut();
  await delay(holdMs);
  way.heal();
}

/** Exactly one of the two goes, with a sentence. */
async function startedTwice(fleet: Fleet, post: Post): Promise<void> {
  const { id, way, member } = post;
  const twin = fleet.spawn(id, way);
  // Where the broker is away it starts, and ends when it hears of the other one.
  await twin.start().catch(() => {});
  const [gone, stays] = (await Promise.race([twin.ended.then(() => true), member.ended.then(() => false)]))
    ? [twin, member]
    : [member, twin];
  post.member = stays;
  if (!gone.log.includes(`"${id}"`)) throw new Error(`one ${id} ended without a sentence: ${gone.log}`);
  if (!stays.isAlive) throw new Error(`both ${id} ended`);
}

async function added(fleet: Fleet, _post: Post, holdMs: number): Promise<void> {
  const guest = await fleet.open('chat-guest');
  await delay(holdMs);
  await guest.member.end('SIGTERM');
  await guest.way.close();
}

async function brokerKilled({ broker }: Fleet, _post: Post, holdMs: number): Promise<void> {
  await broker.kill();
  await delay(holdMs);
  await broker.start();
}

async function brokerForgetful({ broker }: Fleet, _post: Post, holdMs: number): Promise<void> {
  await broker.kill();
  broker.forget();
  await delay(holdMs);
  await broker.start();
}

async function brokerFrozen({ broker }: Fleet, _post: Post, holdMs: number): Promise<void> {
  broker.freeze();
  await delay(holdMs);
  broker.thaw();
}

const FAULTS: readonly [Fault, ...Fault[]] = [
  { name: 'back end killed', target: 'backend', run: killed, mostMs: 1_500 },
  { name: 'back end restarted', target: 'backend', run: restarted, mostMs: 0 },
  { name: 'back end frozen', target: 'backend', run: frozen, mostMs: 3_000 },
  { name: 'back end cut off', target: 'backend', run: cutOff, mostMs: 5_000 },
  { name: 'back end started twice', target: 'backend', run: startedTwice, mostMs: 0 },
  { name: 'back end added', target: 'nobody', run: added, mostMs: 1_500 },
  { name: 'frontend killed', target: 'frontend', run: killed, mostMs: 1_500 },
  { name: 'frontend restarted', target: 'frontend', run: restarted, mostMs: 0 },
  { name: 'frontend frozen', target: 'frontend', run: frozen, mostMs: 3_000 },
  { name: 'frontend cut off', target: 'frontend', run: cutOff, mostMs: 5_000 },
  { name: 'frontend started twice', target: 'frontend', run: startedTwice, mostMs: 0 },
  { name: 'broker killed', target: 'broker', run: brokerKilled, mostMs: 2_000 },
  { name: 'broker loses its store', target: 'broker', run: brokerForgetful, mostMs: 1_000 },
  { name: 'broker frozen', target: 'broker', run: brokerFrozen, mostMs: 4_000 },
];

/** Lets faults happen, the same ones in the same order for the same seed. */
export class Faults {
  /** How often each happened. */
  readonly counts = new Map<string, number>();
  readonly failures: string[] = [];
  private readonly struck = new Set<string>();

  constructor(
    private readonly fleet: Fleet,
    private readonly prng: Prng,
  ) {}

  /** Goes on until the time is over, and until all is mended. */
  async run(endsAt: number): Promise<void> {
    const running: Promise<void>[] = [];
    while (performance.now() < endsAt) {
      const fault = this.prng.pick(FAULTS);
      const holdMs = this.prng.below(fault.mostMs);
      const index = this.prng.below(12);
      // Every fourth begins before the one before it is over.
      const isAlone = this.prng.below(4) > 0;
      const run = this.strike(fault, index, holdMs);
      running.push(run);
      if (isAlone) await Promise.all(running);
      await delay(200 + this.prng.below(600));
    }
    await Promise.all(running);
  }

  private async strike(fault: Fault, index: number, holdMs: number): Promise<void> {
    const posts = fault.target === 'frontend' ? this.fleet.frontends : this.fleet.backends;
    const post = posts[index % posts.length];
    const target = fault.target === 'frontend' || fault.target === 'backend' ? post?.id : fault.target;
    if (post === undefined || target === undefined || this.struck.has(target)) return;
    this.struck.add(target);
    this.counts.set(fault.name, (this.counts.get(fault.name) ?? 0) + 1);
    try {
      await inTime(fault.run(this.fleet, post, holdMs), holdMs + MENDED_MS);
    } catch (error) {
      this.failures.push(
        `${fault.name} (${target}): ${String(error)}\n${post.member.log.slice(-LOG_CHARACTERS)}`,
      );
    } finally {
      this.struck.delete(target);
    }
  }
}

async function inTime(work: Promise<void>, ms: number): Promise<void> {
  const late = new AbortController();
  const { signal } = late;
  const isLate = delay(ms, true, { signal, ref: false }).catch(() => false);
  try {
    if ((await Promise.race([work, isLate])) === true) throw new Error('it is not mended');
  } finally {
    late.abort();
  }
}
