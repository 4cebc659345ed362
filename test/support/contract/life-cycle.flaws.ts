import type { Session } from 'nestjs-pomelo';
import type { FlawRow } from './flawed.js';

/** How connectors start wrongly, and let clients in that should stay out. */
export const LIFE_CYCLE_FLAWS: readonly FlawRow[] = [
  [
    'starts without an address',
    'start() resolves when clients can connect, and says where',
    /^start\(\) gave no address/,
    { connector: ({ start }) => ({ start: async (clients) => (await start(clients)).slice(1) }) },
  ],
  [
    'never says that it has started',
    'start() resolves when clients can connect, and says where',
    /^start\(\) did not settle/,
    { connector: ({ start }) => ({ start: (clients) => start(clients).then(() => new Promise(() => {})) }) },
  ],
  [
    'starts without its port',
    'start() rejects when its port is taken, and stop() clears up after it',
    /did not reject/,
    { connector: ({ start }) => ({ start: (clients) => start(clients).catch(() => []) }) },
  ],
  [
    'cannot be stopped before it has started',
    'stop() resolves for a connector that was never started',
    /^stop\(\) did not settle/,
    {
      connector: ({ start, stop }) => {
        let isStarted = false;
        return {
          start: (clients) => start(clients).finally(() => (isStarted = true)),
          stop: () => (isStarted ? stop() : new Promise(() => {})),
        };
      },
    },
  ],
  [
    'announces a client twice',
    'announces a client once, with its address, before its first message',
    /announced a client twice/,
    {
      manager: (clients) => ({
        addClient: (client) => {
          void clients.addClient(client);
          return clients.addClient(client);
        },
      }),
    },
  ],
  [
    'announces another object than it hands over',
    'announces a client once, with its address, before its first message',
    /that it had not announced/,
    {
      manager: (clients) => ({
        addClient: (client) => clients.addClient({ ...client, send: () => {}, close: () => {} }),
      }),
    },
  ],
  [
    'has clients that lose their session',
    'announces a client once, with its address, before its first message',
    /does not keep the session/,
    {
      client: ({ session }) => ({
        get session(): Session {
          return session;
        },
        set session(_session: Session) {},
      }),
    },
  ],
  [
    'does not know where clients come from',
    'announces a client once, with its address, before its first message',
    /no remoteAddress/,
    { client: () => ({ remoteAddress: '' }) },
  ],
  [
    'lets clients stay that were refused',
    'a client that is refused never gets a message through, and is removed',
    /was not called for a client that was refused/,
    { client: () => ({ close: () => {} }) },
  ],
];
