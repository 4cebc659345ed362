/** Statuses that pitaya has another number for: 498 is a request whose session is gone, 404 also a missing server, and 504 its clients say themselves. */
const CODES: ReadonlyMap<number, number> = new Map([
  [410, 498],
  [503, 404],
  [504, 408],
]);

/** The code of an error as pitaya writes it, for example `PIT-404`. */
export function pitayaCode(status: number): string {
  return `PIT-${String(CODES.get(status) ?? status).padStart(3, '0')}`;
}
