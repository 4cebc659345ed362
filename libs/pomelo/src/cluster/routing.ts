import { synchronous } from '../errors/synchronous.js';
import type { Session } from '../sessions/session.js';
import type { ServerInfo } from './server-info.interface.js';

/** What decides where something goes: a session, any text (a room, a user), or nothing in particular. */
export type RoutingKey = Session | string | null;

/** Chooses one of the running servers of a type; also by id. Must be synchronous. */
export type RoutingFunction = (request: {
  /** The session on whose behalf the call is made; `undefined` when the key is a text. */
  readonly session: Session | undefined;
  /** The text, or the uid of the session, else its id. */
  readonly key: string;
  /** Never empty, in the order of their ids. */
  readonly servers: readonly ServerInfo[];
  readonly type: string;
}) => ServerInfo | string | undefined;

/** Picks the server of a type for a key: by the routing function of the type, the `default` one, or {@link rendezvous}. */
export function pickServer(
  type: string,
  key: RoutingKey,
  servers: readonly ServerInfo[],
  routes: Readonly<Record<string, RoutingFunction>>,
): ServerInfo | undefined {
  if (servers.length === 0) return undefined;
  const text = routingText(key);
  const route = Object.hasOwn(routes, type)
    ? routes[type]
    : Object.hasOwn(routes, 'default')
      ? routes['default']
      : undefined;
  if (route === undefined) return rendezvous(text, servers);
  const session = typeof key === 'object' && key !== null ? key : undefined;
  const chosen = synchronous(`routes.${type}`, route({ session, key: text, servers, type }));
  return typeof chosen === 'string' ? servers.find(({ id }) => id === chosen) : chosen;
}

/**
 * Consistent choice: the same key goes to the same server, and when a server leaves only its keys move.
 * An empty key spreads at random, so that guests do not all land on one server.
 */
export function rendezvous(key: string, servers: readonly ServerInfo[]): ServerInfo | undefined {
  if (servers.length <= 1) return servers[0];
  if (key === '') return servers[Math.floor(Math.random() * servers.length)];
  let best = servers[0];
  let highest = -1;
  for (const server of servers) {
    const weight = fnv1a(`${key}\u0000${server.id}`);
    if (weight <= highest) continue;
    highest = weight;
    best = server;
  }
  return best;
}

function routingText(key: RoutingKey): string {
  return typeof key === 'object' ? (key?.uid ?? key?.id ?? '') : key;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  // FNV alone leaves texts that end alike close together; this spreads them.
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  return hash >>> 0;
}
