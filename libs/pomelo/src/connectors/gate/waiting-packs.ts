/** Counts the packs that were sent to a client and that it has not taken, by the bytes that it has not. */
export class WaitingPacks {
  /** Where each pack ends in all that was ever sent. */
  private ends: number[] = [];
  private sentBytes = 0;

  constructor(private readonly most: number) {}

  /** As many wait as may, as of the last {@link forgetTaken}. */
  get isFull(): boolean {
    return this.ends.length >= this.most;
  }

  /** A pack was sent. */
  add(bytes: number): void {
    this.sentBytes += bytes;
    this.ends.push(this.sentBytes);
  }

  /** Of all that was sent, the last `outstandingBytes` have not been taken. */
  forgetTaken(outstandingBytes: number): void {
    const taken = this.sentBytes - outstandingBytes;
    const first = this.ends.findIndex((end) => end > taken);
    if (first !== 0) this.ends = first === -1 ? [] : this.ends.slice(first);
  }
}
