/** Values in the order they came, for whoever asks first. */
export class AsyncQueue<T> {
  private readonly values: T[] = [];
  private readonly takers: ((value: T) => void)[] = [];

  /** Gives a value to the first taker, or keeps it. */
  put(value: T): void {
    const taker = this.takers.shift();
    if (taker === undefined) this.values.push(value);
    else taker(value);
  }

  /** The next value, as soon as there is one. */
  take(): Promise<T> {
    const { values, takers } = this;
    return new Promise((resolve) => {
      if (values.length > 0) resolve(values.splice(0, 1)[0] as T);
      else takers.push(resolve);
    });
  }
}
