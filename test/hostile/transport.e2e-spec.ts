import { ACK, HELLO, request } from '../conformance/support/wire-bytes.js';
import { byteByByte } from './support/drip.js';
import { eventually } from './support/eventually.js';
import type { HostileClient } from './support/hostile-client.js';
import { HostileServer } from './support/hostile-server.js';
import { exchange } from './support/http-exchange.js';
import { attackedServer, SOME, titleOf } from './support/row.js';
import { storm } from './support/storm.js';
import { isFramed } from './support/transport.js';
import { turnedAway } from './support/turned-away.js';
import { frame, upgradeRequest } from './support/ws-bytes.js';

const ECHO = 'connector.echoHandler.echo';
const WHO_AM_I = 'connector.sessionHandler.whoAmI';

describe('connections that end badly', () => {
  const { row } = attackedServer();

  row(11, { ends: { peer_closed: 2 } }, async ({ working }) => {
    const client = await working();
    client.send(request(1, ECHO, '"last words"'));
    client.socket.end();
    expect(await client.answer(1)).toBe('last words');
    await client.ended;
  });

  // Some are gone before the server has accepted them.
  row(13, { transports: ['tcp'], mayCount: ['peer_reset tcp', 'peer_reset ws'] }, async ({ connect }) => {
    await storm(1000, async () => (await connect()).reset());
  });

  row(13, { variant: 'after it was accepted', counts: { peer_reset: 100 } }, async ({ connect, server }) => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
    await eventually(async () => expect(await server.gauges()).toMatchObject({ connections: 101 }));
    await Promise.all(clients.map((client) => client.reset()));
  });

  row(15, { variant: 'below the limit', counts: {} }, async ({ workUntil, connect, newcomer }) => {
    await storm(1500, () => connect());
    expect(await workUntil(newcomer())).toBeLessThan(1000);
  });

  for (const [transports, few, many] of [
    [['tcp'], 500, 2000],
    [['ws', 'tls', 'wss'], 100, 200],
  ] as const) {
    // A reset that arrives with bytes that nobody has read yet is told to the server as a FIN.
    row(12, { transports, mayCount: ['peer_reset tcp', 'peer_reset ws'] }, async ({ working }) => {
      await storm(few, async () => {
        const client = await working();
        await client.ask(1, ECHO);
        const part = Buffer.from('0400090901', 'hex');
        client.raw(isFramed(client.transport) ? frame(part, { length: 0x0909 + 4 }) : part);
        await client.reset();
      });
    });

    row(14, { transports, counts: { peer_reset: few } }, async ({ working }) => {
      const asks = Array.from({ length: 20 }, (_unused, index) =>
        request(index + 1, 'connector.echoHandler.large', '{"bytes":8192}'),
      );
      await storm(few, async () => {
        const client = await working();
        client.send(...asks);
        await client.answer(1);
        await client.reset();
      });
    });

    row(16, { transports, counts: { peer_reset: many } }, async ({ workUntil, working, newcomer }) => {
      await storm(many, async () => {
        const client = await working();
        expect(await client.ask(1, ECHO, '"again"')).toBe('again');
        await client.reset();
      });
      expect(await workUntil(newcomer())).toBeLessThan(1000);
    });
  }
});

describe('too many connections', () => {
  const LIMIT = 60;
  const { row } = attackedServer({ limits: { connections: LIMIT } });
  const full = async (connect: () => Promise<HostileClient>): Promise<void> => {
    for (let open = 1; open < LIMIT; open += 1) await connect();
  };

  row(15, { counts: { max_connections: 100 } }, async ({ workUntil, connect, server, bystander }) => {
    await full(connect);
    const fates = await Promise.all(Array.from({ length: 100 }, () => turnedAway(server.port)));
    expect(new Set(fates)).toEqual(new Set(['reset']));
    expect(await workUntil(bystander.echo())).toBeLessThan(1000);
  });

  row(17, { counts: { max_connections: 30 } }, async ({ connect, server }) => {
    for (let round = 0; round < 3; round += 1) {
      const clients = await Promise.all(Array.from({ length: LIMIT - 1 }, () => connect()));
      await eventually(async () => expect(await server.gauges()).toMatchObject({ connections: LIMIT }));
      for (let one = 0; one < 10; one += 1) expect(await turnedAway(server.port)).toBe('reset');
      await Promise.all(clients.map((client) => client.close()));
      await server.isLeftAlone();
    }
  });
});

describe('addresses', () => {
  const { row } = attackedServer({
    hybrid: { trustedProxies: ['127.0.0.1'], blacklist: ['127.0.0.9', '198.51.100.0/24'] },
    limits: { connectBurst: 20, connectsPerSecond: 1 },
  });
  const forwarded = (addresses: string): string => upgradeRequest(`X-Forwarded-For: ${addresses}`);

  // Addresses of this machine are not counted, so these come through a proxy.
  row(
    16,
    { variant: 'of one address', transports: ['tcp'], label: 'http', counts: { conn_rate: SOME } },
    async ({ workUntil, connect, newcomer }) => {
      const clients = await Promise.all(Array.from({ length: 100 }, () => connect()));
      const replies = Promise.all(clients.map((client) => exchange(client, forwarded('203.0.113.7'))));
      expect(await workUntil(newcomer())).toBeLessThan(1000);
      for (const client of clients) client.socket.end();
      const statuses = (await replies).map(({ status }) => status);
      expect(statuses.filter((status) => status === 101).length).toBeGreaterThanOrEqual(20);
      expect(statuses).toContain(429);
    },
  );

  // Of the addresses in the header, only the last one that is no proxy of ours counts.
  row(23, { variant: 'through a proxy', counts: {} }, async ({ connect }) => {
    const client = await connect(['X-Forwarded-For: 6.6.6.6, 203.0.113.9, 127.0.0.1']);
    await client.work();
    expect(await client.ask(1, WHO_AM_I)).toMatchObject({ address: '203.0.113.9' });
  });

  row(130, { variant: 'behind a proxy', label: 'http' }, async ({ connect }) => {
    expect(await exchange(await connect(), forwarded('198.51.100.7'))).toMatchObject({ status: 403 });
  });

  row(130, { counts: { ip_denied: 60 } }, async ({ server }) => {
    const fates = await Promise.all(Array.from({ length: 60 }, () => turnedAway(server.port, '127.0.0.9')));
    expect(new Set(fates)).toEqual(new Set(['reset']));
  });
});

describe('a first byte', () => {
  const { row } = attackedServer();

  row(18, {}, async ({ connect }) => {
    const client = await connect();
    let head = '';
    client.socket.on('data', (chunk: Buffer) => (head += chunk.toString('latin1')));
    await byteByByte(client, Buffer.from(upgradeRequest()));
    await eventually(async () => expect(head).toMatch(/^HTTP\/1\.1 101 /));
  });

  row(19, {}, async ({ connect }) => {
    const client = await connect();
    await byteByByte(client, Buffer.concat([HELLO, ACK, request(1, ECHO, '"slow"')]));
    expect(await client.answer(1)).toBe('slow');
  });
});

describe('a port without TLS and proxies', () => {
  const { row } = attackedServer({ certificate: undefined });

  // Ignored, not refused: proxies that nobody has named yet would lock everybody out.
  row(23, { transports: ['ws'], label: 'http' }, async ({ connect }) => {
    const client = await connect(['X-Forwarded-For: 6.6.6.6']);
    await client.work();
    expect(await client.ask(1, WHO_AM_I)).toMatchObject({ address: '127.0.0.1' });
  });

  row(20, {}, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from('16030100a5010000a10303', 'hex'));
    expect(await client.rest()).toEqual([]);
    expect(client.receivedBytes).toBe(0);
  });

  // It begins as HTTP does, and is answered as bad HTTP is.
  row(21, { label: 'http' }, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from('PROXY TCP4 6.6.6.6 127.0.0.1 1 2\r\n'), HELLO);
    expect(await client.rest()).toEqual([]);
  });

  row(22, {}, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from('0d0a0d0a000d0a515549540a2111000c060606067f00000100010002', 'hex'), HELLO);
    expect(await client.rest()).toEqual([]);
    expect(client.receivedBytes).toBe(0);
  });
});

describe('an address filter', () => {
  it(titleOf(129, 'tcp', 'stops the start'), async () => {
    const blacklist = ['(a+)+$'];
    await expect(HostileServer.start({ hybrid: { blacklist } })).rejects.toThrow(
      'hybrid.blacklist is "(a+)+$", but it must be a list of IP addresses and CIDR ranges',
    );
  });
});
