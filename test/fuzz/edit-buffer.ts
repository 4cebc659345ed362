/** Bytes that are changed where they are, because making an array for every change costs more than most executions. */
export class EditBuffer {
  readonly #bytes: Uint8Array;
  #length = 0;

  /** @param capacity the most bytes that it holds; what goes beyond is cut off. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** The bytes, until the next change. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Replaces everything. */
  load(input: Uint8Array): void {
    this.#length = 0;
    this.#append(input, 0);
  }

  at(index: number): number {
    return this.#bytes[index] ?? 0;
  }

  /** Changes one byte, if it is there. */
  set(index: number, value: number): void {
    if (index < this.#length) this.#bytes[index] = value;
  }

  /** Puts source[start, end) over what is there; the length stays. */
  overwrite(index: number, source: Uint8Array, start = 0, end = source.length): void {
    const count = Math.min(end - start, this.#length - index);
    for (let offset = 0; offset < count; offset++) this.#bytes[index + offset] = source[start + offset] ?? 0;
  }

  /** Puts source[start, end) between what is there. */
  insert(index: number, source: Uint8Array, start = 0, end = source.length): void {
    this.#makeRoom(index, end - start);
    this.overwrite(index, source, start, end);
  }

  /** Says what is there at [start, start + count) once more, at another place. */
  repeat(index: number, start: number, count: number): void {
    const block = this.#bytes.slice(start, Math.min(start + count, this.#length));
    this.insert(index, block);
  }

  delete(index: number, count: number): void {
    const end = Math.min(index + count, this.#length);
    this.#bytes.copyWithin(index, end, this.#length);
    this.#length -= Math.max(0, end - index);
  }

  /** Replaces everything from `index` on by source[start, end of it). */
  replaceRest(index: number, source: Uint8Array, start: number): void {
    this.#length = index;
    this.#append(source, start);
  }

  #append(source: Uint8Array, start: number): void {
    const index = this.#length;
    this.#length = Math.min(this.#bytes.length, index + source.length - start);
    this.overwrite(index, source, start);
  }

  #makeRoom(index: number, count: number): void {
    this.#bytes.copyWithin(index + count, index, this.#length);
    this.#length = Math.min(this.#bytes.length, this.#length + count);
  }
}
