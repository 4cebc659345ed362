/** Something with a time of its own. Lies in a {@link DeadlineHeap} at most once. */
export interface HeapEntry {
  /** In ms; must not change while the entry is in a heap. */
  deadline: number;
  /** Where it lies; -1 when it is in no heap. For the heap. */
  place: number;
}

/** Entries with deadlines of any length, the earliest first. Adding and removing cost the logarithm of their number. */
export class DeadlineHeap<Entry extends HeapEntry> {
  private readonly entries: Entry[] = [];

  get size(): number {
    return this.entries.length;
  }

  /** The entry with the earliest deadline; `undefined` when there is none. */
  get first(): Entry | undefined {
    return this.entries[0];
  }

  add(entry: Entry): void {
    this.entries.push(entry);
    this.rise(entry, this.entries.length - 1);
  }

  /** Takes an entry out; one that is not in the heap is fine. */
  remove(entry: Entry): void {
    const { place } = entry;
    if (place < 0 || this.entries[place] !== entry) return;
    entry.place = -1;
    const last = this.entries.pop();
    if (last === undefined || last === entry) return;
    this.rise(last, place);
    if (last.place === place) this.sink(last, place);
  }

  /** Takes out the earliest entry, when its deadline has come. */
  takeDue(now: number): Entry | undefined {
    const { first } = this;
    if (first === undefined || first.deadline > now) return undefined;
    this.remove(first);
    return first;
  }

  private rise(entry: Entry, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.entries[above];
      if (parent === undefined || parent.deadline <= entry.deadline) break;
      this.put(parent, place);
      place = above;
    }
    this.put(entry, place);
  }

  private sink(entry: Entry, from: number): void {
    let place = from;
    for (;;) {
      const left = this.entries[2 * place + 1];
      const right = this.entries[2 * place + 2];
      const child =
        right !== undefined && left !== undefined && right.deadline < left.deadline ? right : left;
      if (child === undefined || child.deadline >= entry.deadline) break;
      const below = child.place;
      this.put(child, place);
      place = below;
    }
    this.put(entry, place);
  }

  private put(entry: Entry, place: number): void {
    this.entries[place] = entry;
    entry.place = place;
  }
}
