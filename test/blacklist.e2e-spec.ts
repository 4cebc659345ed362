import {
  Handler,
  hybrid,
  type BlacklistFunction,
  type HybridConnector,
  type HybridOptions,
} from 'nestjs-pomelo';
import { connect } from 'node:net';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';

const GOOD = '127.0.0.1';
const BAD = '127.0.0.9';

@Handler('t.desk')
class Desk {
  @Handler() echo(_session: unknown, body: unknown): unknown {
    return body;
  }
}

interface Fixture extends RunningApp {
  readonly connector: HybridConnector;
}

async function start(options: Partial<HybridOptions>): Promise<Fixture> {
  const connector = hybrid({ port: 0, host: '127.0.0.1', heartbeat: false, ...options });
  return { ...(await startApp({ providers: [Desk], options: { connectors: [connector] } })), connector };
}

/** Whether a client from this address gets an answer to its handshake. */
async function isServed(port: number, localAddress: string): Promise<boolean> {
  const client = closeAfterTest(new RawClient(connect({ port, host: GOOD, localAddress })));
  client.send(handshake({ sys: POMELO_SYS }));
  return (await client.packages.take()) !== undefined;
}

const KINDS: [string, (addresses: readonly string[]) => BlacklistFunction][] = [
  ['returns', (addresses) => () => addresses],
  ['promises', (addresses) => async () => addresses],
  ['calls back with', (addresses) => (callback) => void setImmediate(callback, null, addresses)],
  ['is asynchronous and calls back with', (addresses) => async (callback) => callback(null, addresses)],
];

const FAILURES: [string, BlacklistFunction, string][] = [
  [
    'throws',
    () => {
      throw new Error('the table is locked');
    },
    'Error: the table is locked',
  ],
  ['rejects', () => Promise.reject(new Error('the table is locked')), 'Error: the table is locked'],
  ['calls back with an error', (callback) => callback('the table is locked'), 'Error: the table is locked'],
  ['calls back with nothing', (callback) => callback(null), 'TypeError: it gave no list'],
  ['gives what is no list', () => 'none' as unknown as string[], 'TypeError: it gave no list'],
  ['never calls back', () => {}, 'Error: it gave no list within 2000 ms'],
];

describe('a blacklist function', () => {
  it.each(KINDS)('that %s addresses is asked before the port listens', async (_name, kind) => {
    const { port } = await start({ blacklist: kind([`${BAD}/32`]) });
    const rejects = rejectsDuring();
    expect([await isServed(port, BAD), await isServed(port, GOOD)]).toEqual([false, true]);
    expect(rejects()).toEqual([{ layer: 'transport', reason: 'ip_denied', transport: 'tcp' }]);
  });

  it.each(FAILURES)('that %s stops the start', async (_name, blacklist, detail) => {
    expect(await refusalOf(() => start({ blacklist }))).toBe(
      `The addresses of hybrid.blacklist were not loaded: ${detail}. With hybrid.blacklistFailOpen: true everybody would be let in instead.`,
    );
  });

  it('that gives a regular expression stops the start, as a list with one does', async () => {
    expect(await refusalOf(() => start({ blacklist: async () => [BAD, '^10\\.'] }))).toContain(
      'hybrid.blacklist is "^10\\\\.", but it must be a list of IP addresses and CIDR ranges.',
    );
  });

  it.each(FAILURES)(
    'that %s lets everybody in, and says so, with blacklistFailOpen',
    async (_name, blacklist, detail) => {
      const { port, log } = await start({ blacklist, blacklistFailOpen: true });
      expect(await isServed(port, BAD)).toBe(true);
      expect(log.matching('warn')).toEqual([
        `The addresses of hybrid.blacklist are unknown: nobody is refused. ${detail}`,
      ]);
    },
  );
});

describe('setBlacklist', () => {
  it('refuses new connections and closes nobody', async () => {
    const { port, connector } = await start({});
    const client = await RawClient.ready(port);
    connector.setBlacklist(['127.0.0.0/8']);
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([false, false]);
    client.send(request(1, 't.desk.echo', 'still here'));
    expect(readMessage(await client.packages.take()).json).toBe('still here');
    connector.setBlacklist([BAD]);
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([true, false]);
  });

  it('with a wrong entry throws, and the old list stays', async () => {
    const { port, connector } = await start({ blacklist: [BAD] });
    expect(() => connector.setBlacklist([GOOD, '10.*'])).toThrow(
      'hybrid.blacklist is "10.*", but it must be',
    );
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([true, false]);
  });
});

describe('updateBlacklist', () => {
  it('asks the function again', async () => {
    let addresses = [BAD];
    const { port, connector } = await start({ blacklist: () => addresses });
    addresses = [GOOD];
    await connector.updateBlacklist();
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([false, true]);
  });

  it('rejects when the function fails, and the old list stays', async () => {
    let isLocked = false;
    const { port, connector } = await start({
      blacklist: async () => {
        if (isLocked) throw new Error('the table is locked');
        return [BAD];
      },
    });
    isLocked = true;
    await expect(connector.updateBlacklist()).rejects.toThrow('the table is locked');
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([true, false]);
  });

  it('that is overtaken by a newer list changes nothing', async () => {
    const asked: ((addresses: readonly string[]) => void)[] = [];
    const { port, connector } = await start({
      blacklist: (callback) => {
        if (asked.push((addresses) => callback(null, addresses)) === 1) callback(null, []);
      },
    });
    const overtaken = connector.updateBlacklist();
    connector.setBlacklist([BAD]);
    asked[1]?.([GOOD]);
    await overtaken;
    expect([await isServed(port, GOOD), await isServed(port, BAD)]).toEqual([true, false]);
  });

  it('needs a function', async () => {
    const { connector } = await start({ blacklist: [BAD] });
    await expect(connector.updateBlacklist()).rejects.toThrow(
      'hybrid.blacklist is "a list", but it must be a function that can be asked again.',
    );
  });
});
