import type { ServerInfo } from '../cluster/server-info.interface.js';

/** Where a message is sent so that it comes to every frontend. */
export interface FrontendCover {
  /** Server types, one multicast each. A frontend that hosts several of them takes the copy for the first. */
  readonly types: readonly string[];
  /** Frontends that host no type, and are sent to by themselves. */
  readonly untyped: readonly ServerInfo[];
}

/** Chooses the types that reach all frontends, and as few other servers as possible. `servers` are all that run. */
export function coverOf(frontends: readonly ServerInfo[], servers: Iterable<ServerInfo>): FrontendCover {
  const balance = balanceOf(servers);
  const types: string[] = [];
  for (const { types: hosted } of frontends) {
    if (hosted.length === 0 || hosted.some((type) => types.includes(type))) continue;
    types.push(hosted.reduce((best, type) => (balance(type) > balance(best) ? type : best)));
  }
  return { types, untyped: frontends.filter(({ types: hosted }) => hosted.length === 0) };
}

/** A frontend takes the copy for the first type of the cover that it hosts: one of all that come. */
export function takesCopy(hosted: readonly string[], types: readonly string[], type: string): boolean {
  return types.find((candidate) => hosted.includes(candidate)) === type;
}

/** How many frontends host a type, less the others. */
function balanceOf(servers: Iterable<ServerInfo>): (type: string) => number {
  const balance = new Map<string, number>();
  for (const { types, frontend } of servers)
    for (const type of types) balance.set(type, (balance.get(type) ?? 0) + (frontend ? 1 : -1));
  return (type) => balance.get(type) ?? 0;
}
