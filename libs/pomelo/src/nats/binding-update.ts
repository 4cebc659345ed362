import type { Binding, BindingChange } from '../cluster/cluster-driver.interface.js';
import type { BindingBucket } from './binding-bucket.js';
import { areSame, unionOf } from './stored-bindings.js';

/** What the decision of the caller threw. */
export class ChangeError extends Error {
  constructor(readonly thrown: unknown) {
    super('The change of the bindings failed');
  }
}

/** Every lost round is somebody else's success: so many are no race any more. */
const MOST_ROUNDS = 1_000;

/**
 * One change of the bindings of a user, by compare and set: over several rounds when somebody is faster, and over several
 * connections when one is lost with the answer to a write.
 */
export class BindingUpdate {
  /** A write whose answer never came, and what was there before it. */
  private unsure: { readonly held: readonly Binding[]; readonly next: readonly Binding[] } | undefined;

  constructor(private readonly change: BindingChange) {}

  /**
   * Runs it; again after it was rejected by an answer that did not come. Gives every binding that this change, or a write
   * of it that may have succeeded, has replaced: one that is forgotten would be a session that nobody ends.
   */
  async run(bucket: BindingBucket, key: string): Promise<readonly Binding[]> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const { bindings, revision } = await bucket.read(key);
      const { unsure } = this;
      if (unsure !== undefined && areSame(bindings, unsure.next)) return unsure.held;
      const held = unionOf(unsure?.held ?? [], bindings);
      const next = this.decide(bindings);
      if (next === undefined || next.length + bindings.length === 0) return held;
      this.unsure = { held, next };
      if (await bucket.write(key, next, revision)) return held;
      this.unsure = unsure;
    }
    throw new Error('Somebody else was always faster');
  }

  private decide(bindings: readonly Binding[]): readonly Binding[] | undefined {
    try {
      return this.change(bindings);
    } catch (error) {
      throw new ChangeError(error);
    }
  }
}
