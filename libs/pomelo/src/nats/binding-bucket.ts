import { jetstream, JetStreamApiCodes } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Binding } from '../cluster/cluster-driver.interface.js';
import { isMissing, jetStreamCode, wasRaced } from './jetstream-errors.js';
import { violationIn } from './refused.js';
import { decodeBindings, encodeBindings } from './stored-bindings.js';

/** For one answer of JetStream, in ms. */
export const ANSWER_MS = 2_000;
/** Bindings that nobody writes for so long are forgotten, in ms. */
const FORGOTTEN_MS = 24 * 60 * 60 * 1000;

/** What is stored for a user. */
export interface StoredBindings {
  readonly bindings: readonly Binding[];
  /** Number of the last write; 0 when there was none. */
  readonly revision: number;
}

const NOTHING: StoredBindings = { bindings: [], revision: 0 };

/** One key-value store of JetStream, over one connection. It is made when it is missing, also when it was lost. */
export class BindingBucket {
  private making: Promise<void> | undefined;
  private mayMake = true;
  private store: KV | undefined;

  private constructor(
    private readonly kvm: Kvm,
    private readonly name: string,
    private readonly replicas: number,
  ) {}

  /** Opens it, or makes it. Who may not make it finds nobody bound until somebody else did. */
  static async open(connection: NatsConnection, name: string, replicas: number): Promise<BindingBucket> {
    const kvm = new Kvm(jetstream(connection, { timeout: ANSWER_MS, checkAPI: false }));
    const bucket = new BindingBucket(kvm, name, replicas);
    await bucket.make();
    return bucket;
  }

  /** What is stored, with every write that was acknowledged. */
  async read(key: string): Promise<StoredBindings> {
    try {
      const entry = await this.kept(async () => this.store?.get(key));
      if (entry === undefined || entry === null) return NOTHING;
      const { revision } = entry;
      return { revision, bindings: entry.operation === 'PUT' ? decodeBindings(entry.string()) : [] };
    } catch (error) {
      if (!this.mayMake && isMissing(error)) return NOTHING;
      throw error;
    }
  }

  /** Stores bindings; false when somebody has written since that revision. */
  async write(key: string, bindings: readonly Binding[], revision: number): Promise<boolean> {
    try {
      await this.kept(async () => this.store?.put(key, encodeBindings(bindings), { previousSeq: revision }));
      return true;
    } catch (error) {
      const code = jetStreamCode(error);
      const { StreamWrongLastSequence: behind, StreamWrongLastSequenceUnknown: behindToo } =
        JetStreamApiCodes;
      if (code === behind || code === behindToo) return false;
      throw error;
    }
  }

  /** JetStream in memory forgets its stores when the server ends. */
  private async kept<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    this.making ??= this.make().finally(() => {
      this.making = undefined;
    });
    await this.making;
    return work();
  }

  private async make(): Promise<void> {
    try {
      this.store = await this.create();
    } catch (error) {
      if (violationIn(error)?.subject.includes('.STREAM.CREATE.') !== true) throw error;
      this.mayMake = false;
      this.store = await this.kvm.open(this.name, { allow_direct: false });
    }
  }

  private async create(): Promise<KV> {
    // Copies that answer directly may be behind, and nobody answers for a store that is missing.
    const options = { replicas: this.replicas, history: 1, ttl: FORGOTTEN_MS, allow_direct: false };
    try {
      return await this.kvm.create(this.name, { ...options });
    } catch (error) {
      if (!wasRaced(error)) throw error;
      return this.kvm.create(this.name, options);
    }
  }
}
