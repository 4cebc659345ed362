import type { Push } from '../push.js';

/** A push whose body says its offset, when it is one that can: a plain object. */
export function stamped(push: Push, name: string | undefined, offset: number): Push {
  const { body } = push;
  if (name === undefined || !isPlainObject(body)) return push;
  return { ...push, body: { ...body, [name]: offset } };
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
