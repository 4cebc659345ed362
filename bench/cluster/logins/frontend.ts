import { PomeloException, SessionService } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { redis } from 'nestjs-pomelo/redis';
import { silentClients } from '../app/in-process.connector.js';
import { startServer } from '../app/start-server.js';
import { readSettings, serveParent } from '../../process/serve-parent.js';
import type { FrontendApi, FrontendSettings } from './login-cluster.js';

/** Logins that run at a time. */
const AT_ONCE = 64;

const { id, engine, url } = readSettings() as FrontendSettings;
const connector = silentClients();
const app = await startServer({
  server: { id, types: ['connector'], namespace: 'logins' },
  cluster: engine === 'nats' ? nats({ servers: url }) : redis({ url }),
  connectors: [connector],
  sessions: { single: 'kickOld' },
});
const sessions = app.get(SessionService);
let users = 0;

async function logInFor(ms: number): Promise<number> {
  const endsAt = performance.now() + ms;
  const before = users;
  const lane = async (): Promise<void> => {
    while (performance.now() < endsAt) {
      users += 1;
      await sessions.bind(connector.connect().session, `${id}-${users}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return users - before;
}

/** Who was faster has ended the session meanwhile: the other end of a race. */
async function raceOne(uid: string): Promise<void> {
  try {
    await sessions.bind(connector.connect().session, uid);
  } catch (error) {
    if (!(error instanceof PomeloException) || error.reason !== 'SESSION_CLOSED') throw error;
  }
}

serveParent<FrontendApi>({
  logIn: logInFor,
  async race(uids, times) {
    const all = Array.from({ length: times }, () => uids).flat();
    await Promise.all(all.map((uid) => raceOne(uid)));
  },
  sessionsOf: (uids) => uids.map((uid) => sessions.getByUid(uid).length),
});
