/**
 * Which servers have been heard since the link came back. The others may be on their way back themselves: what they were
 * sent in that moment would reach nobody.
 */
export class Comeback {
  private heard: Set<string> | undefined;
  private endsAt = 0;

  /** The link is back; who is not heard for so long, in ms, counts as being there. */
  begin(ms: number): void {
    this.heard = new Set();
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
