import { z } from 'zod';
import { namePart } from '../chat/user.js';

/** What a user says to enter a room. */
export const enterSchema = z.object({ username: namePart, rid: namePart });

/** A checked {@link enterSchema}. */
export type Enter = z.infer<typeof enterSchema>;
