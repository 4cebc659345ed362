import { ConnectedSession, Handler, hybrid, type HybridOptions, type Session } from 'nestjs-pomelo';
import { HANDSHAKE_ACK_PACKAGE } from 'nestjs-pomelo-protocol';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FORMER_NAMES } from '../libs/pomelo/src/connectors/hybrid/former-names.js';
import { closeAfterTest, refusalOf, startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient, readMessage, request } from './support/raw-client.js';
import { rejectsDuring } from './support/rejects.js';
import { until } from './support/until.js';

@Handler('t.desk')
class Desk {
  @Handler() echo(_session: unknown, body: unknown): unknown {
    return body;
  }
  @Handler() leave(@ConnectedSession() session: Session): void {
    void session.kick('bye');
  }
}

function start(options: Partial<HybridOptions>): Promise<RunningApp> {
  return startApp({ providers: [Desk], hybrid: options });
}

/** What a client is told that shakes hands. */
async function answerTo(port: number): Promise<unknown> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys: POMELO_SYS }));
  return (await client.packages.take())?.json;
}

const WELCOME = { code: 200, sys: {} };

describe('a wrong option of hybrid() stops the start with its name, its value and the remedy', () => {
  it.each<[object, string]>([
    [{ useCrypto: 'rsa' }, 'hybrid.useCrypto is "rsa", but it must be true or false.'],
    [{ noDelay: 1 }, 'hybrid.noDelay is 1, but it must be true or false.'],
    [{ disconnectOnTimeout: 0 }, 'hybrid.disconnectOnTimeout is 0, but it must be true or false.'],
    [{ closeMethod: 'kill' }, 'hybrid.closeMethod is "kill", but it must be "end" or "destroy".'],
    [{ encode: {} }, 'hybrid.encode is {}, but it must be a function.'],
    [{ decode: true }, 'hybrid.decode is true, but it must be a function.'],
    [{ checkClient: '1.0' }, 'hybrid.checkClient is "1.0", but it must be a function.'],
    [{ handshakeValidators: [] }, 'hybrid.handshakeValidators is [], but it must be an object.'],
    [
      { handshakeValidators: { version: '1.0' } },
      'hybrid.handshakeValidators.version is "1.0", but it must be a function.',
    ],
    [
      { handshakeValidators: { version: undefined } },
      'hybrid.handshakeValidators.version is null, but it must be a function.',
    ],
    [{ serializer: 'protobuf' }, 'hybrid.serializer is "protobuf", but it must be an object.'],
    [{ serializer: { name: 'json' } }, 'hybrid.serializer.name is "json", but it must be "protobuf".'],
    [{ serializer: {} }, 'hybrid.serializer.name is undefined, but it must be "protobuf".'],
    [
      { serializer: { name: 'protobuf', decode: 1 } },
      'hybrid.serializer.decode is 1, but it must be a function.',
    ],
    [
      { serializer: { name: 'protobuf', encode: 1 } },
      'hybrid.serializer.encode is 1, but it must be a function.',
    ],
    [
      { serializer: { name: 'protobuf', root: {} } },
      'hybrid.serializer.root is {}, but it must be absent: there is no such option.',
    ],
    [{ blacklist: '10.0.0.1' }, 'hybrid.blacklist is "10.0.0.1", but it must be an array.'],
    [{ blacklist: [7] }, 'hybrid.blacklist is 7, but it must be a list of IP addresses and CIDR ranges.'],
    [
      { blacklist: [/^10\./] },
      'hybrid.blacklist is "/^10\\\\./", but it must be a list of IP addresses and CIDR ranges. For example "10.0.0.0/8". Regular expressions are not taken',
    ],
    [{ blacklistFailOpen: 'yes' }, 'hybrid.blacklistFailOpen is "yes", but it must be true or false.'],
  ])('%j', async (options, sentence) => {
    const refusal = await refusalOf(() => hybrid({ port: 0, ...options }));
    expect(refusal).toContain(`PomeloModule option ${sentence}`);
  });

  it.each(Object.entries(FORMER_NAMES))('names what %s of Pomelo is called here', async (name, remedy) => {
    const options: object = { port: 0, [name]: true };
    expect(await refusalOf(() => hybrid(options as HybridOptions))).toBe(
      `PomeloModule option hybrid.${name} is true, but it must be absent: it is an option of Pomelo. ${remedy}`,
    );
  });
});

it('the page on migration has a row for every option of Pomelo that is called something else', () => {
  const page = readFileSync(new URL('../docs/migration.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  const missing = Object.keys(FORMER_NAMES).filter(
    (name) => !rows.some((row) => row.split('|')[1]?.includes(`\`${name}\``)),
  );
  expect(missing).toEqual([]);
});

describe('disconnectOnTimeout: false', () => {
  it('counts a silent client, again and again, and goes on serving it', async () => {
    const { port } = await start({ heartbeat: 0.02, heartbeatTimeout: 0.04, disconnectOnTimeout: false });
    const rejects = rejectsDuring();
    const client = await RawClient.ready(port);
    await until(() => rejects().length >= 2);
    expect(new Set(rejects().map(({ reason }) => reason))).toEqual(new Set(['heartbeat_timeout']));
    client.send(request(1, 't.desk.echo', 'still here'));
    await client.packages.take(); // the first heartbeat
    expect(readMessage(await client.packages.take()).json).toBe('still here');
  });
});

/** The server's side of the connections of this test, in the order in which they come. */
function serverSockets(): readonly Socket[] {
  const sockets: Socket[] = [];
  const listen = (message: unknown): void => void sockets.push((message as { socket: Socket }).socket);
  subscribe('net.server.socket', listen);
  closeAfterTest({ close: async () => unsubscribe('net.server.socket', listen) });
  return sockets;
}

describe('closeMethod', () => {
  it.each([
    [undefined, false],
    ['end' as const, false],
    ['destroy' as const, true],
  ])(
    '%s closes the connection of a client that keeps its side open at once: %s',
    async (closeMethod, atOnce) => {
      const sockets = serverSockets();
      const { port } = await start({ ...(closeMethod && { closeMethod }) });
      const client = closeAfterTest(
        new RawClient(connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })),
      );
      client.send(handshake({ sys: POMELO_SYS }), HANDSHAKE_ACK_PACKAGE);
      await client.packages.take();
      const [socket] = sockets;
      if (socket === undefined) throw new Error('nobody connected');
      const written = once(socket, 'finish');
      client.send(request(1, 't.desk.leave'));
      await written;
      expect(socket.destroyed).toBe(atOnce);
      expect((await client.packages.take())?.json).toEqual({ reason: 'bye' });
    },
  );
});

describe('noDelay', () => {
  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('%s sends small writes at once: %s', async (noDelay, expected) => {
    const sockets = serverSockets();
    const { port } = await start({ ...(noDelay !== undefined && { noDelay }) });
    expect(await answerTo(port)).toEqual(WELCOME);
    expect(sockets.map(isWithoutDelay)).toEqual([expected]);
  });
});

/** What Node has set on a socket: there is no public way to ask. */
function isWithoutDelay(socket: object): boolean {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'kSetNoDelay');
  if (key === undefined) throw new Error('this Node keeps it elsewhere');
  return Reflect.get(socket, key) === true;
}
