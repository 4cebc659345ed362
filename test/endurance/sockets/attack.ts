import type { ServerProcess } from '../server/server-process.js';
import { play } from './play.js';
import type { ScriptMaker } from './script-maker.js';

const PACKAGES_PER_CONNECTION = 20;
const CONNECTIONS_AT_A_TIME = 100;
/** A port of an address is not free again for a minute, and one address has 28 000 of them. */
const LOCAL_ADDRESSES = 16;

/** What an attack consisted of. */
export interface AttackCounts {
  packages: number;
  tcp: number;
  ws: number;
  /** Connections to which the server said something. */
  answered: number;
  /** Connections that did not come about. */
  refused: number;
  /** Connections that the server left open after their end. */
  forgotten: number;
}

/** Plays scripts until so many packages are sent, the time is over, or the server is gone. */
export async function attack(
  server: ServerProcess,
  scripts: ScriptMaker,
  packages: number,
  deadline: number,
): Promise<AttackCounts> {
  const counts: AttackCounts = { packages: 0, tcp: 0, ws: 0, answered: 0, refused: 0, forgotten: 0 };
  const lane = async (): Promise<void> => {
    while (counts.packages < packages && performance.now() < deadline && server.end === undefined) {
      const count = Math.min(PACKAGES_PER_CONNECTION, packages - counts.packages);
      const script = scripts.next(count);
      const host = 2 + ((counts.tcp + counts.ws) % LOCAL_ADDRESSES);
      counts.packages += count;
      counts[script.transport] += 1;
      const { connected, received, forgotten } = await play(script, server.port, `127.0.0.${host}`);
      counts.answered += Number(received > 0);
      counts.refused += Number(!connected);
      counts.forgotten += Number(forgotten);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS_AT_A_TIME }, lane));
  return counts;
}
