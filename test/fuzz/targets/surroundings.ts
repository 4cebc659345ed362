const MARGIN = 3;

/**
 * Memory for one input at a time, with other bytes around it that a decoder which looks beyond its bounds would see: its
 * results differ with the filler.
 */
export class Surroundings {
  /** Where the input begins. */
  static readonly start = MARGIN;
  /** The input and what is around it. */
  readonly bytes: Uint8Array;

  constructor(
    private readonly filler: number,
    maxBytes: number,
  ) {
    this.bytes = new Uint8Array(maxBytes + 2 * MARGIN).fill(filler);
  }

  /** Takes in the input; gives where it ends. */
  hold(input: Uint8Array): number {
    const end = MARGIN + input.length;
    this.bytes.set(input, MARGIN);
    this.bytes.fill(this.filler, end);
    return end;
  }

  /** The input, as a view. */
  view(input: Uint8Array): Uint8Array {
    return this.bytes.subarray(MARGIN, this.hold(input));
  }
}
