import { PackageType } from 'nestjs-pomelo-protocol';
import { ACK, HEARTBEAT, HELLO, hello, pack, request } from '../conformance/support/wire-bytes.js';
import { expectClose, expectHandshakeRefusal, expectRefusal } from './support/refusals.js';
import { attackedServer } from './support/row.js';
import { isFramed } from './support/transport.js';

const { row } = attackedServer({ looksAtHandshakes: true });

const MARK = request(1, 'connector.echoHandler.mark');
const MARKS = 'connector.echoHandler.countMarks';
const WHO_AM_I = 'connector.sessionHandler.whoAmI';

describe('a handshake that is refused', () => {
  for (const [variant, body] of [
    ['cut JSON', Buffer.from('{')],
    ['null', Buffer.from('null')],
    ['a number', Buffer.from('1')],
    ['an array', Buffer.from('[{"sys":1}]')],
    ['sys null', Buffer.from('{"sys":null}')],
    ['empty', Buffer.alloc(0)],
    ['bad UTF-8', Buffer.from('7b22737973223a22ff227d', 'hex')],
  ] as const) {
    row(69, { variant }, async ({ connect }) => {
      const client = await connect();
      client.send(pack(1, body));
      await expectHandshakeRefusal(client, 500);
    });
  }

  row(70, {}, async ({ connect }) => {
    const client = await connect();
    client.send(hello('['.repeat(8_000)));
    await expectHandshakeRefusal(client, 500);
  });

  row(70, { variant: '60000 levels', counts: { oversize: 1 } }, async ({ connect }) => {
    const client = await connect();
    client.send(hello('['.repeat(60_000)));
    await expectRefusal(client, 'oversize', 4413);
  });

  row(71, {}, async ({ connect, transport }) => {
    const client = await connect();
    client.send(hello(JSON.stringify({ sys: 1, user: 'x'.repeat(12_000_000) })));
    await (isFramed(transport) ? expectClose(client, 1009) : expectRefusal(client, 'oversize', 4413));
  });

  row(79, {}, async ({ connect }) => {
    const client = await connect();
    client.send(hello('{"sys":{"type":"old","version":"0.0.1"}}'));
    await expectHandshakeRefusal(client, 501);
  });

  // Signatures and their expiry are the application's own: here its hook remembers the nonce of every handshake.
  row(80, { counts: { handshake_refused: 1 } }, async ({ connect, transport }) => {
    const captured = hello(JSON.stringify({ sys: 1, user: { nonce: `once over ${transport}` } }));
    expect(await (await connect()).shakeHands(captured)).toMatchObject({ code: 200 });
    const replayed = await connect();
    replayed.send(captured, ACK, MARK);
    await expectHandshakeRefusal(replayed, 403);
  });
});

describe('a handshake that is accepted', () => {
  row(72, {}, async ({ connect }) => {
    const client = await connect();
    const poison = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}';
    const text = `{"sys":{"version":"1",${poison}},${poison},"user":{"echo":{"own":1,"__proto__":{"polluted":1}}}}`;
    expect(await client.shakeHands(hello(text))).toMatchObject({ code: 200, user: { own: 1 } });
    client.send(ACK);
    expect(await client.ask(1, 'connector.echoHandler.polluted')).toBe('clean');
  });

  // Nothing that a client says of its identity is believed, so there is nothing to count either.
  row(81, { counts: {} }, async ({ connect, bystander }) => {
    const victim = (await bystander.ask(WHO_AM_I)) as { id: string };
    const client = await connect();
    const claim = JSON.stringify({
      sys: { sid: victim.id },
      user: { uid: 'admin', sid: victim.id },
      uid: 'admin',
    });
    await client.shakeHands(hello(claim));
    client.send(ACK);
    const self = await client.ask(1, WHO_AM_I, JSON.stringify({ sid: victim.id, uid: 'admin' }));
    expect(self).toMatchObject({ uid: null });
    expect(self).not.toMatchObject({ id: victim.id });
  });
});

describe('packages that come too early', () => {
  row(73, {}, async ({ connect, bystander }) => {
    const before = await bystander.ask(MARKS);
    const client = await connect();
    client.send(MARK);
    await expectRefusal(client, 'before_handshake', 4401);
    expect(await bystander.ask(MARKS)).toBe(before);
  });

  row(74, {}, async ({ connect, bystander }) => {
    const before = await bystander.ask(MARKS);
    const client = await connect();
    await client.shakeHands();
    client.send(MARK);
    await expectRefusal(client, 'before_ack', 4401);
    expect(await bystander.ask(MARKS)).toBe(before);
  });

  row(74, { variant: 'in one segment' }, async ({ connect, bystander }) => {
    const before = await bystander.ask(MARKS);
    const client = await connect();
    client.send(HELLO, MARK);
    expect((await client.packages.take())?.json).toMatchObject({ code: 200 });
    client.isGreeted = true;
    await expectRefusal(client, 'before_ack', 4401);
    expect(await bystander.ask(MARKS)).toBe(before);
  });

  row(75, {}, async ({ connect, bystander }) => {
    const before = await bystander.ask(MARKS);
    const client = await connect();
    client.send(ACK, MARK);
    await expectRefusal(client, 'before_handshake', 4401);
    expect(await bystander.ask(MARKS)).toBe(before);
  });
});

describe('packages that come twice', () => {
  row(76, {}, async ({ working }) => {
    const client = await working();
    client.send(ACK);
    expect(await client.ask(1, 'connector.echoHandler.echo', '"still here"')).toBe('still here');
  });

  row(77, {}, async ({ working }) => {
    const client = await working();
    client.send(hello('{"sys":1,"user":{"uid":"admin","nonce":"second"},"uid":"admin"}'));
    expect(await client.ask(1, WHO_AM_I)).toMatchObject({ uid: null });
  });

  row(78, { counts: { double_handshake: 49 } }, async ({ connect }) => {
    const client = await connect();
    client.send(...Array.from({ length: 50 }, () => HELLO));
    expect((await client.packages.take())?.json).toMatchObject({ code: 200 });
    client.send(ACK, HEARTBEAT, request(1, 'connector.echoHandler.echo', '"once"'));
    expect(await client.packages.take()).toEqual({ type: PackageType.Data, id: 1, json: 'once' });
  });
});
