import type { Binding, BindingChange, BindingStore } from '../cluster-driver.interface.js';

/** The bindings of a user, and when they were written, in ms of a monotonic clock. */
interface BoundUser {
  readonly bindings: readonly Binding[];
  readonly writtenAt: number;
}

/** The users that share one memory driver, by namespace and uid; those of a namespace in the order of their last write. */
export type MemoryUsers = Map<string, Map<string, BoundUser>>;

const DAY_MS = 86_400_000;

/** Keeps bindings of the servers of one process. */
export class MemoryBindings implements BindingStore {
  private users = new Map<string, BoundUser>();

  constructor(
    private readonly namespaces: MemoryUsers,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async open(namespace: string): Promise<void> {
    const known = this.namespaces.get(namespace);
    if (known === undefined) this.namespaces.set(namespace, this.users);
    else this.users = known;
  }

  async update(uid: string, change: BindingChange): Promise<readonly Binding[]> {
    this.forgetOld();
    const held = this.held(uid);
    const bindings = change(held);
    if (bindings === undefined) return held;
    // Deleted first, so that it moves to the end.
    this.users.delete(uid);
    if (bindings.length > 0) this.users.set(uid, { bindings: [...bindings], writtenAt: this.now() });
    return held;
  }

  async get(uid: string): Promise<readonly Binding[]> {
    this.forgetOld();
    return this.held(uid);
  }

  async getMany(uids: readonly string[]): Promise<readonly (readonly Binding[])[]> {
    this.forgetOld();
    return uids.map((uid) => this.held(uid));
  }

  async close(): Promise<void> {}

  private held(uid: string): readonly Binding[] {
    return this.users.get(uid)?.bindings ?? [];
  }

  private forgetOld(): void {
    const oldest = this.now() - DAY_MS;
    for (const [uid, { writtenAt }] of this.users) {
      if (writtenAt > oldest) return;
      this.users.delete(uid);
    }
  }
}
