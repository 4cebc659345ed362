import { HEARTBEAT } from '../conformance/support/wire-bytes.js';
import { drip } from './support/drip.js';
import { expectRefusal } from './support/refusals.js';
import { attackedServer } from './support/row.js';
import { isFramed } from './support/transport.js';
import { frame } from './support/ws-bytes.js';

describe('who takes too long', () => {
  const { row } = attackedServer({ limits: { handshakeMs: 600 } });

  row(1, {}, async ({ connect }) => {
    const client = await connect();
    expect(await client.rest()).toEqual([]);
    expect(await client.ended).toEqual({ how: 'fin' });
  });

  row(2, {}, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from([1]));
    await expectRefusal(client, 'handshake_timeout', 4408);
  });

  // The deadline is absolute: there is never more than a tenth of it between two bytes.
  row(3, {}, async ({ connect, transport }) => {
    const client = await connect();
    const start = Buffer.from('010028007b', 'hex');
    client.raw(isFramed(transport) ? frame(start, { length: 4 + 0x2800 }) : start);
    await drip(client, Buffer.from(' '), 50);
    await expectRefusal(client, 'handshake_timeout', 4408);
  });

  row(4, {}, async ({ connect }) => {
    const client = await connect();
    await client.shakeHands();
    await expectRefusal(client, 'handshake_timeout', 4408);
  });

  row(7, { label: 'http' }, async ({ connect }) => {
    const client = await connect();
    client.raw(Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n'));
    await drip(client, Buffer.from('X-Slow: 1\r\n'), 50);
    expect(client.receivedBytes).toBe(0);
  });

  row(8, {}, async ({ connect }) => {
    const client = await connect();
    await expectRefusal(client, 'handshake_timeout', 4408);
  });

  row(9, {}, async ({ connect }) => {
    const client = await connect();
    await drip(client, frame('', { opcode: 9 }), 250);
    await expectRefusal(client, 'handshake_timeout', 4408);
  });
});

describe('heartbeats', () => {
  const { row } = attackedServer({ hybrid: { heartbeat: 0.3, heartbeatTimeout: 0.8 } });

  row(5, {}, async ({ connect }) => {
    const client = await connect();
    client.send(HEARTBEAT);
    await expectRefusal(client, 'before_handshake', 4401);
  });

  row(6, {}, async ({ connect }) => {
    const client = await connect();
    await client.shakeHands();
    client.send(HEARTBEAT);
    await expectRefusal(client, 'before_ack', 4401);
  });

  row(10, {}, async ({ working }) => {
    const client = await working();
    await client.packages.take();
    await expectRefusal(client, 'heartbeat_timeout', 4408);
  });

  // A peer whose link is gone takes nothing and says nothing, not even FIN: the session must end without it.
  row(
    10,
    { variant: 'half-open', transports: ['tcp', 'ws'], ends: { heartbeat_timeout: 1 } },
    async ({ working, server }) => {
      const client = await working();
      await client.packages.take();
      client.stopReading();
      await server.isLeftAlone();
    },
  );
});
