import { JetStreamApiError } from '@nats-io/jetstream';
import { setTimeout as delay } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { Binding, BindingChange, BindingStore } from '../cluster/cluster-driver.interface.js';
import { describeError } from '../errors/describe-error.js';
import { withinTime } from '../timing/within-time.js';
import type { AbsenceLog } from './absence-log.js';
import { ANSWER_MS, BindingBucket } from './binding-bucket.js';
import { BindingUpdate, ChangeError } from './binding-update.js';
import type { ConnectionWatch } from './connection-watch.js';
import { storeRefusal } from './jetstream-errors.js';
import { NatsLink, type LinkUser } from './nats-link.js';
import { refused, violationIn } from './refused.js';
import type { ResolvedNatsOptions } from './resolve-nats-options.js';

/** Between two attempts while NATS comes back, in ms. */
const RETRY_MS = 50;
/** JetStream says so while its servers choose a leader. */
const UNAVAILABLE = 503;
/** Users that are asked for at once. */
const AT_ONCE = 256;

/**
 * Keeps bindings in key-value stores of JetStream. It has a connection of its own, so that logins do not wait behind
 * pushes.
 */
export class KvBindings implements BindingStore, LinkUser {
  private link: NatsLink | undefined;
  private names: readonly string[] = [];
  private buckets: readonly BindingBucket[] = [];

  constructor(
    private readonly options: ResolvedNatsOptions,
    private readonly absence: AbsenceLog,
  ) {}

  async open(namespace: string): Promise<void> {
    this.names = bucketNames(namespace, this.options.buckets);
    this.link = new NatsLink(this.options, `${namespace} bindings`, this, this.absence);
    await this.link.open();
  }

  update(uid: string, change: BindingChange): Promise<readonly Binding[]> {
    const update = new BindingUpdate(change);
    return this.patiently(uid, (bucket, key) => update.run(bucket, key));
  }

  get(uid: string): Promise<readonly Binding[]> {
    return this.patiently(uid, async (bucket, key) => (await bucket.read(key)).bindings);
  }

  async getMany(uids: readonly string[]): Promise<readonly (readonly Binding[])[]> {
    const found: (readonly Binding[])[] = [];
    for (let start = 0; start < uids.length; start += AT_ONCE) {
      const some = uids.slice(start, start + AT_ONCE);
      found.push(...(await Promise.all(some.map((uid) => this.get(uid)))));
    }
    return found;
  }

  async close(): Promise<void> {
    await this.link?.close();
  }

  async prepare({ connection }: ConnectionWatch): Promise<void> {
    const { replicas, servers } = this.options;
    try {
      const opening = this.names.map((name) => BindingBucket.open(connection, name, replicas));
      this.buckets = await Promise.all(opening);
    } catch (error) {
      const refusal = storeRefusal(error);
      throw refusal === undefined ? error : refused(servers, refusal);
    }
  }

  /** Tries again while NATS comes back, for a while. */
  private async patiently<T>(
    uid: string,
    work: (bucket: BindingBucket, key: string) => Promise<T>,
  ): Promise<T> {
    const end = performance.now() + ANSWER_MS;
    const key = Buffer.from(uid).toString('base64url');
    try {
      for (;;) {
        const bucket = await this.bucketOf(uid, end - performance.now());
        try {
          return await work(bucket, key);
        } catch (error) {
          if (performance.now() >= end || isFinal(error)) throw error;
        }
        await delay(RETRY_MS);
      }
    } catch (error) {
      if (error instanceof ChangeError) throw error.thrown;
      throw new Error(`NATS does not tell where users are: ${describeError(error)}`, { cause: error });
    }
  }

  private async bucketOf(uid: string, ms: number): Promise<BindingBucket> {
    if (this.link === undefined) throw new Error('the store is not open');
    await withinTime(this.link.connection(), Math.max(0, ms), away);
    const bucket = this.buckets[crc32(uid) % this.buckets.length];
    if (bucket === undefined) throw new Error('the store is not open');
    return bucket;
  }
}

/** The names of the stores of a cluster, which name their number, too: every number spreads users in its own way. */
function bucketNames(namespace: string, count: number): string[] {
  const name = `pf_${namespace}_bind`;
  if (count === 1) return [name];
  return Array.from({ length: count }, (_, index) => `${name}_${String(count)}_${String(index)}`);
}

/** It would end like this again. */
function isFinal(error: unknown): boolean {
  if (error instanceof ChangeError) return true;
  const isAnswer = error instanceof JetStreamApiError && error.status !== UNAVAILABLE;
  return isAnswer || violationIn(error) !== undefined;
}

function away(): Error {
  return new Error('it is away');
}
