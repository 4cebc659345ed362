/** True for an object with named properties: not null, not an array. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The own entries of a record, none for anything else. Schemas reach a client over the network, so an entry named
 * `__proto__`, which an assignment would turn into a prototype, is left out.
 */
export function entriesOf(value: unknown): [string, unknown][] {
  return isRecord(value) ? Object.entries(value).filter(([key]) => key !== '__proto__') : [];
}
