/** All clients of a server that stops are back after this time, in s. */
const LONGEST = 10;
/** Clients that come back in a second, while there are few of them. */
const CLIENTS_PER_SECOND = 100;

/**
 * When a client of a server that stops should come back, in seconds with one digit: at random, so that they do not all
 * knock at the next server at once. A few clients need not wait at all.
 */
export function retryAfterSeconds(clients: number, random = Math.random): number {
  return Math.floor(random() * Math.min(LONGEST, clients / CLIENTS_PER_SECOND) * 10) / 10;
}
