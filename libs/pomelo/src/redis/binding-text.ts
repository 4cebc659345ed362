import type { Binding } from '../cluster/cluster-driver.interface.js';

/** The text of no bindings: that of a key which is not there. */
export const NO_BINDINGS = '';

/** Writes bindings; the same ones always give the same text. */
export function bindingText(bindings: readonly Binding[]): string {
  if (bindings.length === 0) return NO_BINDINGS;
  return JSON.stringify(bindings.map(({ frontendId, inc, sessionId }) => [frontendId, inc, sessionId]));
}

/** Reads bindings. What nobody can read counts as none: the next login puts it right. */
export function bindingsIn(text: string | null): readonly Binding[] {
  if (text === null || text === NO_BINDINGS) return [];
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) ? rows.filter(isRow).map(toBinding) : [];
  } catch {
    return [];
  }
}

type Row = readonly [frontendId: string, inc: string, sessionId: string];

function isRow(value: unknown): value is Row {
  return Array.isArray(value) && value.length === 3 && value.every((part) => typeof part === 'string');
}

function toBinding([frontendId, inc, sessionId]: Row): Binding {
  return { frontendId, inc, sessionId };
}
