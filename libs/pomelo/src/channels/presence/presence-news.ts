import type { PresenceEvent, PresenceNews } from './presence.interface.js';

/** Names of those who came, and of those who went, that one push carries: its size is bounded, whatever happens at once. */
const MAX_NAMES = 200;

/** Collects who came and went. Who did both is nobody's news. */
export class CollectedNews {
  private changes = new Map<string, PresenceEvent['type']>();

  get isEmpty(): boolean {
    return this.changes.size === 0;
  }

  add(type: PresenceEvent['type'], uid: string): void {
    const before = this.changes.get(uid);
    if (before === undefined) this.changes.set(uid, type);
    else if (before !== type) this.changes.delete(uid);
  }

  /** What was collected; nothing is collected afterwards. */
  take(count: number): PresenceNews {
    const changes = [...this.changes];
    this.changes = new Map();
    const of = (wanted: PresenceEvent['type']): string[] =>
      changes.flatMap(([uid, type]) => (type === wanted ? [uid] : [])).slice(0, MAX_NAMES);
    const [joined, left] = [of('join'), of('leave')];
    const more = changes.length - joined.length - left.length;
    return more === 0 ? { joined, left, count } : { joined, left, count, more };
  }
}
