/** The packs of one client that are being worked on: what its answers go by. */
export class GateTasks {
  private readonly topics = new Map<number, string>();
  private lastId = 0;

  constructor(private readonly most: number) {}

  /** As many are worked on as may. */
  get isFull(): boolean {
    return this.topics.size >= this.most;
  }

  /** Begins one; gives the id of the request that is made of it. */
  begin(topic: string): number {
    this.lastId += 1;
    this.topics.set(this.lastId, topic);
    return this.lastId;
  }

  /** The topic that the answer goes to; `undefined` when it has been given. */
  topicOf(id: number): string | undefined {
    return this.topics.get(id);
  }

  /** Ends one. */
  end(id: number): void {
    this.topics.delete(id);
  }
}
