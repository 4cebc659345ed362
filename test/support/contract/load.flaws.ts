import { ConnectionQuota, DEFAULT_LIMITS } from 'nestjs-pomelo';
import { lineHarness } from '../../fixtures/guide/line.harness.js';
import type { FlawRow } from './flawed.js';

const NO_LIMITS = { ...DEFAULT_LIMITS, packageBytes: Infinity, writeBufferHardBytes: Infinity };

/** How connectors drown, and do not stop. */
export const LOAD_FLAWS: readonly FlawRow[] = [
  [
    'reads on while it is paused',
    'pause() keeps the messages of a client back, resume() lets all of them come in order',
    /came from a client that was paused/,
    { client: () => ({ pause: () => {} }) },
  ],
  [
    'does not read on',
    'pause() keeps the messages of a client back, resume() lets all of them come in order',
    /After resume\(\)/,
    { client: () => ({ resume: () => {} }) },
  ],
  [
    'keeps everything for a client that reads nothing',
    'a client that reads nothing costs no more than limits.writeBufferHardBytes',
    /was neither cut nor refused a message/,
    { manager: () => ({ limits: NO_LIMITS }) },
  ],
  [
    'waits for a client that reads nothing',
    'close() ends a client that reads nothing, too',
    /was not called for a client that reads nothing/,
    { manager: () => ({ limits: NO_LIMITS }), client: () => ({ close: () => {} }) },
  ],
  [
    'leaves its clients when it stops',
    'stop() ends the clients that are open, and tells so once for each',
    /was there when the connector stopped was not ended/,
    { client: () => ({ close: () => {} }) },
  ],
  [
    'keeps its port',
    'stop() frees the port for the next start',
    /EADDRINUSE/,
    { connector: () => ({ stop: async () => {} }) },
  ],
  [
    'goes on after stop()',
    'takes in nobody after stop()',
    /was not sent away/,
    { connector: () => ({ stop: async () => {} }) },
  ],
  [
    'takes messages of any size',
    'a message beyond limits.packageBytes costs its sender the connection, and is not handed over',
    /sent more than limits.packageBytes/,
    { manager: () => ({ limits: NO_LIMITS }) },
  ],
  [
    'takes any number of clients',
    'takes in no more clients than limits.connections, and gives the place of one that left to the next',
    /beyond limits.connections/,
    { manager: () => ({ connections: new ConnectionQuota(DEFAULT_LIMITS) }) },
  ],
  [
    'keeps the places of clients that left',
    'takes in no more clients than limits.connections, and gives the place of one that left to the next',
    /still counts/,
    {
      manager: ({ connections }) => ({
        connections: Object.assign(Object.create(connections) as ConnectionQuota, {
          enter: (counts: Parameters<ConnectionQuota['enter']>[0]) => {
            const ticket = connections.enter(counts);
            return ticket && Object.assign(ticket, { leave: () => {} });
          },
        }),
      }),
    },
  ],
  ...Object.keys(lineHarness.garbage ?? {}).map((what): FlawRow => [
    `makes a message of ${what}`,
    `${what} costs its sender the connection, and nobody else anything`,
    /was not ended/,
    {
      manager: () => ({ limits: NO_LIMITS }),
      codec: () => ({ decode: () => ({ route: 'contract.room.say', body: {} }) }),
    },
  ]),
];
