import { z } from 'zod';
import { namePart } from './user.js';

/** The target that means everybody in the room. */
export const EVERYBODY = '*';

/** What a user says, and to whom. */
export const sendSchema = z.object({
  content: z.string().min(1).max(2000),
  target: z.union([z.literal(EVERYBODY), namePart]),
});

/** A checked {@link sendSchema}. */
export type Send = z.infer<typeof sendSchema>;
