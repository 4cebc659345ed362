/** What all rounds gave: one figure a round, for every row of every column of every section. */
export class Figures {
  private readonly values = new Map<string, number[]>();

  add(section: string, column: string, row: string, value: number): void {
    const key = `${section}/${column}/${row}`;
    const values = this.values.get(key);
    if (values === undefined) this.values.set(key, [value]);
    else values.push(value);
  }

  /** Empty when it was not measured. */
  of(section: string, column: string, row: string): readonly number[] {
    return this.values.get(`${section}/${column}/${row}`) ?? [];
  }
}
