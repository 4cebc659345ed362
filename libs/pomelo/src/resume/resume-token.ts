import { randomBytes } from 'node:crypto';

/** 144 random bits. */
const SECRET_BYTES = 18;
/** What a client may send at most: a server id has at most 64 characters. */
const LONGEST = 100;

/** Makes a token, which says on which frontend its session lives. */
export function makeResumeToken(frontendId: string): string {
  return `${frontendId}.${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** The frontend of a token; `undefined` when it is none. */
export function homeOf(token: string): string | undefined {
  const dot = token.indexOf('.');
  return dot > 0 && token.length <= LONGEST ? token.slice(0, dot) : undefined;
}
