const PROTO = '__proto__';

/**
 * Deletes every own key `__proto__` in a value that JSON.parse made. Harmless there, such a key becomes a prototype as
 * soon as somebody merges or copies the object. Keeps its own stack, so no depth of nesting can overflow the real one.
 */
export function removeProtoKeys(value: unknown): void {
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    if (Object.hasOwn(next, PROTO)) Reflect.deleteProperty(next, PROTO);
    for (const child of Object.values(next)) pending.push(child);
  }
}
