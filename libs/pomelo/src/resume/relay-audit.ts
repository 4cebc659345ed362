/** One end of a relay, as an audit knows it. */
export interface RelayEnd {
  /** Number of the last word that it sent. */
  readonly lastSent: number;
  /** The other end has sent so many words; false when not all of them have come. */
  hasHeard(sent: number): boolean;
  /** Words are missing: the client has to come back for them. */
  breakOff(): void;
}

/** What one server says of its relays with another one: the number of each, and that of the last word sent. */
export type RelayReport = readonly (readonly [relay: number, sent: number])[];

/** What this server says of relays. */
export function reportOf(relays: ReadonlyMap<number, RelayEnd>): RelayReport {
  return Array.from(relays, ([relay, { lastSent }]) => [relay, lastSent]);
}

/**
 * Compares a report with this end of the relays with its server. A report comes after all that it counts, so what differs is
 * lost. Gives the relays that are not known here.
 */
export function audit(report: RelayReport, relays: ReadonlyMap<number, RelayEnd>): number[] {
  const told = new Map(report);
  for (const [relay, end] of relays) {
    const sent = told.get(relay);
    if (sent === undefined || !end.hasHeard(sent)) end.breakOff();
  }
  return [...told.keys()].filter((relay) => !relays.has(relay));
}
