/** What the lines of a ledger begin with that say how a call to another server ended. */
export const OUTCOME = '= ';
