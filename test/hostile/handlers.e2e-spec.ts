import { PackageType } from 'nestjs-pomelo-protocol';
import { notify, request } from '../conformance/support/wire-bytes.js';
import { eventually } from './support/eventually.js';
import { endsWith } from './support/refusals.js';
import { attackedServer } from './support/row.js';

const { row } = attackedServer({ limits: { requestMs: 300 } });

const ECHO = 'connector.echoHandler.echo';
const SECRET = 'hunter2';
const sessions = (method: string): string => `connector.sessionHandler.${method}`;
const uid = (value: unknown): string => JSON.stringify({ uid: value });

describe('a handler that fails', () => {
  for (const [number, method] of [
    [118, 'throwSync'],
    [118, 'throwAsync'],
    [119, 'bigint'],
    [119, 'cycle'],
  ] as const) {
    row(number, { variant: method }, async ({ working, server }) => {
      const client = await working();
      expect(await client.ask(1, `connector.failingHandler.${method}`)).toEqual({ code: 500 });
      expect(await client.ask(2, ECHO, '"still here"')).toBe('still here');
      expect(server.log).toContain(`{"connector.failingHandler.${method}"}`);
    });
  }

  row(120, {}, async ({ working }) => {
    const client = await working();
    client.send(request(1, 'connector.failingHandler.hang'));
    expect(await client.ask(2, ECHO, '"meanwhile"')).toBe('meanwhile');
    expect(await client.answer(1)).toEqual({ code: 504, msg: expect.any(String) });
  });

  row(127, {}, async ({ working, bystander }) => {
    const late = async (): Promise<unknown[]> => (await bystander.ask(sessions('lateOnes'))) as unknown[];
    const before = await late();
    const client = await working();
    await client.ask(1, sessions('bind'), uid('farewell'));
    await client.close();
    await eventually(async () => expect(await late()).toEqual([...before, false]));
  });
});

describe('a uid', () => {
  for (const [variant, value] of [
    ['an object', {}],
    ['an array', []],
    ['10 kB', 'x'.repeat(10_000)],
    ['empty', ''],
    ['a line end', 'admin\n'],
    ['half a character', '\ud800'],
  ] as const) {
    row(121, { variant }, async ({ working }) => {
      const client = await working();
      expect(await client.ask(1, sessions('bind'), uid(value))).toMatchObject({ code: 400 });
      expect(await client.ask(2, sessions('whoAmI'))).toMatchObject({ uid: null });
    });
  }

  // They are names like any other: users live in a Map.
  for (const name of ['__proto__', 'constructor']) {
    row(121, { variant: name, counts: {} }, async ({ working }) => {
      const client = await working();
      expect(await client.ask(1, sessions('bind'), uid(name))).toEqual({ code: 200 });
      expect(await client.ask(2, sessions('isBound'), uid(name))).toBe(true);
      expect(await client.ask(3, sessions('isBound'), uid('toString'))).toBe(false);
    });
  }

  row(122, { counts: { peer_reset: 100 } }, async ({ working, bystander }) => {
    const clients = await Promise.all(Array.from({ length: 100 }, working));
    for (const client of clients) client.send(request(1, sessions('bind'), uid('everybody')));
    await clients[0]?.answer(1);
    await Promise.all(clients.map((client) => client.reset()));
    const isBound = (): Promise<unknown> => bystander.ask(sessions('isBound'), { uid: 'everybody' });
    await eventually(async () => expect(await isBound()).toBe(false));
  });

  row(123, {}, async ({ working }) => {
    const client = await working();
    expect(await client.ask(1, sessions('bind'), uid('alice'))).toEqual({ code: 200 });
    expect(await client.ask(2, sessions('bind'), uid('bob'))).toMatchObject({ code: 409 });
    expect(await client.ask(3, sessions('whoAmI'))).toMatchObject({ uid: 'alice' });
  });

  for (const body of ['{"uid":"admin"}', '[{},{"uid":"admin"}]', '{"__session__":{"uid":"admin"}}']) {
    row(125, { variant: body }, async ({ working }) => {
      const client = await working();
      client.send(notify(sessions('note'), body));
      expect(await client.ask(1, sessions('whoAmI'))).toMatchObject({ uid: null });
    });
  }
});

describe('a kick', () => {
  for (const [transports, rounds] of [
    [['tcp'], 200],
    [['ws', 'tls', 'wss'], 50],
  ] as const) {
    row(124, { transports, counts: {}, ends: { kick: rounds } }, async ({ working }) => {
      const echo = (id: number): Buffer => request(id, ECHO, JSON.stringify('x'.repeat(500)));
      const packages = [
        ...Array.from({ length: 10 }, (_unused, index) => echo(index + 1)),
        notify(sessions('kickMe'), '{}'),
        ...Array.from({ length: 10 }, (_unused, index) => echo(index + 11)),
      ];
      for (let round = 0; round < rounds; round += 1) {
        const client = await working();
        client.send(...packages);
        const came = await client.rest();
        expect(came.at(-1)).toEqual({ type: PackageType.Kick, json: { reason: 'enough' } });
        expect(await client.ended).toEqual(endsWith(client, 4410));
      }
    });
  }
});

describe('the log', () => {
  const forged = 'x\nFAKE-PROBE-LINE\r\u001b[31m.a.b';
  for (const [variant, bytes] of [
    ['a request', request(1, forged)],
    ['a notify', notify(forged, '{}')],
  ] as const) {
    row(128, { variant }, async ({ working, server }) => {
      const client = await working();
      client.send(bytes);
      expect(await client.ask(2, ECHO, '"still here"')).toBe('still here');
      // Only a notify has nobody else to be told to.
      if (variant === 'a notify')
        await eventually(async () => expect(server.log).toContain('"x\\nFAKE-PROBE-'));
      expect(server.log).not.toMatch(/^FAKE-PROBE-LINE/m);
      expect(server.log).not.toContain('\u001b');
    });
  }

  row(118, { variant: 'told to the operator alone' }, async ({ working, server }) => {
    const client = await working();
    expect(await client.ask(1, 'connector.failingHandler.throwSync')).toEqual({ code: 500 });
    await eventually(async () => expect(server.log).toContain(SECRET));
  });
});
