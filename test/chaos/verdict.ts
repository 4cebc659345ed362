import { settles } from '../endurance/settle.js';
import type { Fleet } from '../fleet/fleet.js';
import type { Player } from './player.js';

/** Until all that is to be true at the end is true, in ms. */
const SETTLE_MS = 20_000;

/** Users that do not come to have exactly one session: that of their connection, and the one that the cluster knows. */
export async function wrongSessions(fleet: Fleet, players: readonly Player[]): Promise<string[]> {
  let wrong: string[] = [];
  await settles(async () => {
    wrong = await wrongNow(fleet, players);
    return wrong.length === 0;
  }, SETTLE_MS);
  return wrong;
}

async function wrongNow({ frontends, backends }: Fleet, players: readonly Player[]): Promise<string[]> {
  const held = new Map<string, string[]>();
  for (const users of await Promise.all(frontends.map(({ member }) => member.ask('users'))))
    for (const [uid, session] of users) held.set(uid, [...(held.get(uid) ?? []), session]);
  const uids = players.map(({ uid }) => uid);
  const known = (await backends[0]?.member.ask('places', uids)) ?? [];
  return players.flatMap(({ uid, online, connections }, index) => {
    const sessions = held.get(uid) ?? [];
    const open = connections.filter(({ isOpen }) => isOpen);
    const is = `${uid} has ${open.length} connections, sessions ${String(sessions)}, places ${String(known[index])}`;
    const mine = String([online?.session]);
    return open.length === 1 && String(sessions) === mine && String(known[index]) === mine ? [] : [is];
  });
}

/** Waits until no back end waits for another one; how many calls have not ended. */
export async function openCalls({ backends }: Fleet): Promise<number> {
  let open = 0;
  await settles(async () => {
    const counts = await Promise.all(backends.map(({ member }) => member.ask('stopCounting')));
    open = counts.reduce((sum, count) => sum + count, 0);
    return open === 0;
  }, SETTLE_MS);
  return open;
}
