/** The time of a run, shared by targets of which several run at once: what one of them leaves is for those after it. */
export class TimeBudget {
  readonly #deadline: number;
  #left: number;
  readonly #lanes: number;

  /**
   * @param seconds for all of them together.
   * @param targets how many there are.
   * @param lanes how many run at once.
   */
  constructor(seconds: number, targets: number, lanes: number) {
    this.#deadline = performance.now() + seconds * 1000;
    this.#left = targets;
    this.#lanes = lanes;
  }

  /** The seconds of the target that begins now. */
  next(): number {
    const seconds = Math.max(0, (this.#deadline - performance.now()) / 1000);
    const share = Math.min(1, this.#lanes / this.#left);
    this.#left--;
    return seconds * share;
  }
}
