/**
 * Which servers have been heard since the link went down. The others may be on their way back themselves: what they were
 * sent in that moment would reach nobody.
 */
export class Comeback {
  private heard: Set<string> | undefined;
  private endsAt = Infinity;

  /** The link is down. */
  begin(): void {
    this.heard = new Set();
    this.endsAt = Infinity;
  }

  /** The link is back; who is not heard for so long, in ms, counts as being there. */
  endIn(ms: number): void {
    this.endsAt = performance.now() + ms;
  }

  /** Something came from a server. True when it was waited for. */
  saw(id: string): boolean {
    if (!this.isAwaited(id)) return false;
    this.heard?.add(id);
    return true;
  }

  /** The server has not been heard yet. */
  isAwaited(id: string): boolean {
    if (this.heard !== undefined && performance.now() >= this.endsAt) this.heard = undefined;
    return this.heard?.has(id) === false;
  }
}
