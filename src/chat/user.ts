import { z } from 'zod';

/** A name of a user or a room: 1 to 20 characters, and no `*`, which separates the two in a uid. */
export const namePart = z
  .string()
  .trim()
  .min(1)
  .max(20)
  .regex(/^[^*]*$/, 'must not contain *');

/** The uid of a user, who is somebody else in every room. */
export function uidOf(username: string, rid: string): string {
  return `${username}*${rid}`;
}

/** The name within a uid. */
export function nameOf(uid: string): string {
  return uid.slice(0, uid.indexOf('*'));
}

/** The room within a uid. */
export function ridOf(uid: string): string {
  return uid.slice(uid.indexOf('*') + 1);
}
