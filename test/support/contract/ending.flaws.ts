import type { FlawRow } from './flawed.js';

/** How ends go untold. */
export const ENDING_FLAWS: readonly FlawRow[] = [
  [
    'does not hear of an end',
    'tells once, with a reason, that a client has left',
    /was not called for a client that left/,
    { manager: () => ({ removeClient: () => {} }) },
  ],
  [
    'tells the end twice',
    'tells once, with a reason, that a client has left',
    /removeClient\(\) more than once/,
    {
      manager: (clients) => ({
        removeClient: (client, reason) => {
          clients.removeClient(client, reason);
          clients.removeClient(client, reason);
        },
      }),
    },
  ],
  [
    'does not say how a connection ended',
    'tells once, with a reason, that the connection of a client was cut',
    /removeClient\(\) without a reason/,
    { manager: (clients) => ({ removeClient: (client) => clients.removeClient(client) }) },
  ],
  [
    'does not close',
    'tells once, with a reason, that a client is gone which the server has closed',
    /was not ended/,
    { client: () => ({ close: () => {} }) },
  ],
  [
    'keeps the reason of a kick to itself',
    'close(reason) tells the client why, before the end',
    /The reason of close\(\) did not arrive/,
    { client: ({ close }) => ({ close: () => close() }) },
  ],
  [
    'forgets what waits when it closes',
    'what was sent before close() arrives before the end',
    /What was sent before close\(\) did not arrive/,
    { client: ({ send }) => ({ send: (bytes) => void setTimeout(() => send(bytes), 1) }) },
  ],
  [
    'throws when a client is gone',
    'send() and close() after the end do nothing, and do not throw',
    /threw because the client is gone/,
    {
      client: ({ send }) => ({
        send: (bytes) => {
          if (send(bytes) === false) throw new Error('It is gone.');
        },
      }),
    },
  ],
  [
    'speaks for clients that are gone',
    'hands over nothing of a client after its end',
    /after removeClient\(\)/,
    {
      manager: (clients) => ({
        removeClient: (client, reason) => {
          clients.removeClient(client, reason);
          clients.handleMsg(client, Buffer.from('{}'));
        },
      }),
    },
  ],
];
