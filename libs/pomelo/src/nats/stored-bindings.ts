import type { Binding } from '../cluster/cluster-driver.interface.js';

/** What is written in the store: short, because there is one for every user. */
export function encodeBindings(bindings: readonly Binding[]): string {
  return JSON.stringify(bindings.map(({ frontendId, inc, sessionId }) => [frontendId, inc, sessionId]));
}

/** The bindings that are written; what somebody else wrote is none. */
export function decodeBindings(text: string): readonly Binding[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.flatMap((row) => bindingOf(row) ?? []) : [];
  } catch {
    return [];
  }
}

/** Bindings of two lists, each once. */
export function unionOf(one: readonly Binding[], other: readonly Binding[]): readonly Binding[] {
  return [...one, ...other.filter((binding) => !one.some((known) => isSame(known, binding)))];
}

/** Both lists say the same. */
export function areSame(one: readonly Binding[], other: readonly Binding[]): boolean {
  return encodeBindings(one) === encodeBindings(other);
}

function bindingOf(row: unknown): Binding | undefined {
  if (!Array.isArray(row)) return undefined;
  const [frontendId, inc, sessionId]: unknown[] = row;
  const isBinding = [frontendId, inc, sessionId].every((part) => typeof part === 'string');
  return isBinding
    ? { frontendId: String(frontendId), inc: String(inc), sessionId: String(sessionId) }
    : undefined;
}

function isSame(one: Binding, other: Binding): boolean {
  return areSame([one], [other]);
}
