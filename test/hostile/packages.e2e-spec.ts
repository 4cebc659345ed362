import { HEARTBEAT, pack, request } from '../conformance/support/wire-bytes.js';
import type { HostileClient } from './support/hostile-client.js';
import { expectClose, expectRefusal } from './support/refusals.js';
import { attackedServer, SOME } from './support/row.js';
import { isFramed, STREAMS, WEB_SOCKETS } from './support/transport.js';
import { frame } from './support/ws-bytes.js';

const { row } = attackedServer();

const MEGABYTE = Buffer.alloc(1024 * 1024);

/** Announces a package; over WebSocket the frame says it first. */
function announce(client: HostileClient, type: number, bytes: number): void {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(type * 2 ** 24 + bytes);
  client.raw(isFramed(client.transport) ? frame(head, { length: bytes + 4 }) : head);
}

/** Refused on the head alone, by whichever layer has read it. */
async function expectOversize(client: HostileClient): Promise<void> {
  await (isFramed(client.transport) ? expectClose(client, 1009) : expectRefusal(client, 'oversize', 4413));
}

describe('a package', () => {
  for (const type of [0, 5, 6, 255]) {
    row(58, { variant: `type ${type}` }, async ({ working }) => {
      const client = await working();
      client.send(pack(type));
      await expectRefusal(client, 'bad_type', 4400);
    });
  }

  row(58, { variant: 'a kick before the handshake' }, async ({ connect }) => {
    const client = await connect();
    client.send(pack(5));
    await expectRefusal(client, 'bad_type', 4400);
  });

  for (const [transports, count] of [
    [['tcp'], 200],
    [['ws', 'tls', 'wss'], 50],
  ] as const) {
    row(59, { transports, counts: { oversize: count } }, async ({ connect }) => {
      const clients = await Promise.all(Array.from({ length: count }, () => connect()));
      for (const client of clients) announce(client, 1, 0xffffff);
      for (const client of clients) await expectOversize(client);
    });
  }

  row(60, { counts: { oversize: 20 } }, async ({ working }) => {
    for (let round = 0; round < 20; round += 1) {
      const client = await working();
      announce(client, 4, 0xffffff);
      const written = client.flood(MEGABYTE, 15);
      await expectOversize(client);
      await written;
    }
  });

  row(61, {}, async ({ working }) => {
    const client = await working();
    const text = JSON.stringify('x'.repeat(8 * 1024 * 1024));
    client.send(request(1, 'connector.echoHandler.echo', text));
    await expectOversize(client);
  });

  row(62, {}, async ({ working }) => {
    const client = await working();
    client.send(pack(4));
    await expectRefusal(client, 'empty', 4400);
  });

  row(63, {}, async ({ working }) => {
    const client = await working();
    const empty = isFramed(client.transport) ? frame(pack(4)) : pack(4);
    const thousand = Buffer.concat(Array.from({ length: 1000 }, () => empty));
    const written = client.flood(thousand, 500);
    await expectRefusal(client, 'empty', 4400);
    await written;
  });
});

describe('a flood of heartbeats', () => {
  const FLOOD = { counts: { heartbeat_flood: SOME }, ends: { heartbeat_flood: 1 } };
  const thousand = (client: HostileClient): Buffer =>
    Buffer.concat(
      Array.from({ length: 1000 }, () => (isFramed(client.transport) ? frame(HEARTBEAT) : HEARTBEAT)),
    );

  row(64, FLOOD, async ({ workUntil, working, bystander }) => {
    const client = await working();
    const written = client.flood(thousand(client), 300);
    expect(await workUntil(bystander.echo())).toBeLessThan(1000);
    await expectRefusal(client, 'heartbeat_flood', 4429);
    await written;
  });

  row(64, { ...FLOOD, variant: 'answers unread' }, async ({ working, server }) => {
    const client = await working();
    client.stopReading();
    await client.flood(thousand(client), 300);
    await server.isLeftAlone();
  });
});

describe('a WebSocket message', () => {
  for (const [transports, count] of [
    [['ws'], 300],
    [['wss'], 50],
  ] as const) {
    row(65, { transports, counts: { truncated: count } }, async ({ working }) => {
      const clients = await Promise.all(Array.from({ length: count }, working));
      for (const client of clients) client.send(Buffer.from([4, 0xff, 0xff, 0xff]));
      for (const client of clients) await expectRefusal(client, 'truncated', 4400);
    });
  }

  row(66, {}, async ({ working }) => {
    const client = await working();
    client.send(Buffer.from([4, 0]));
    await expectRefusal(client, 'truncated', 4400);
  });

  row(67, {}, async ({ working }) => {
    const client = await working();
    client.raw(frame());
    await expectRefusal(client, 'truncated', 4400);
  });

  row(68, { transports: WEB_SOCKETS }, async ({ working }) => {
    const client = await working();
    const good = request(7, 'connector.echoHandler.echo', '"good"');
    client.send(Buffer.concat([good, Buffer.from([4, 0, 0])]));
    expect(await client.answer(7)).toBe('good');
    await expectRefusal(client, 'truncated', 4400);
  });

  // In a stream the same bytes are the beginning of the next package.
  row(68, { transports: STREAMS, counts: {} }, async ({ working }) => {
    const client = await working();
    client.send(request(7, 'connector.echoHandler.echo', '"good"'), Buffer.from([4, 0, 0]));
    expect(await client.answer(7)).toBe('good');
    client.raw(request(8, 'connector.echoHandler.echo', '"still here"').subarray(3));
    expect(await client.answer(8)).toBe('still here');
  });
});
