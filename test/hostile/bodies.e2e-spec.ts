import { fileURLToPath } from 'node:url';
import { deflateSync, gzipSync } from 'node:zlib';
import { message, request } from '../conformance/support/wire-bytes.js';
import { attackedServer } from './support/row.js';

const SCHEMAS = fileURLToPath(new URL('../vectors/conformance/clientProtos.json', import.meta.url));

// Large enough for the bodies to be looked at instead of refused by their size.
const { row } = attackedServer({
  limits: { packageBytes: 1024 * 1024 },
  hybrid: { protobuf: { client: SCHEMAS } },
});

const ECHO = 'connector.echoHandler.echo';
const PROTO = 'connector.echoHandler.proto';
const MARK = 'connector.echoHandler.mark';
const COMPRESSED = 0x10;
const UNREADABLE = { code: 400, msg: expect.any(String) };
const UNSUPPORTED = { code: 415, msg: expect.any(String) };

/** 200 kB that become 200 MB. */
const bombs = new Map<typeof gzipSync, Buffer>();
function bomb(compress: typeof gzipSync): Buffer {
  const made = bombs.get(compress) ?? compress(Buffer.alloc(200 * 1024 * 1024));
  bombs.set(compress, made);
  return made;
}

/** Sends a body that is refused under the id of its request; no handler sees it, and the connection goes on. */
function refused(number: number, variant: string, body: Uint8Array | string, route = MARK): void {
  row(number, { variant }, async ({ working, bystander }) => {
    const before = await bystander.ask('connector.echoHandler.countMarks');
    const client = await working();
    expect(await client.ask(9, route, body)).toEqual(UNREADABLE);
    expect(await client.ask(10, ECHO, '"still here"')).toBe('still here');
    expect(await bystander.ask('connector.echoHandler.countMarks')).toBe(before);
  });
}

/** Sends a body that is fine, and expects what the handler then has. */
function echoed(number: number, variant: string, body: string, expected: unknown): void {
  row(number, { variant, counts: {} }, async ({ working }) => {
    expect(await (await working()).ask(9, ECHO, body)).toEqual(expected);
  });
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('a compressed body', () => {
  for (const [variant, body] of [
    ['zlib', hex('789cdeadbeef')],
    ['gzip', hex('1f8b0800deadbeef')],
    ['no compression at all', Buffer.from('{}')],
  ] as const) {
    row(101, { variant }, async ({ working }) => {
      const client = await working();
      client.send(message(COMPRESSED, 9, ECHO, body));
      expect(await client.answer(9)).toEqual(UNSUPPORTED);
    });
  }

  for (const [variant, compress] of [
    ['gzip', gzipSync],
    ['zlib', deflateSync],
  ] as const) {
    // Nobody can tell a bomb from a body that is only compressed badly: what cannot be inflated within the limit is one reason.
    row(102, { variant, counts: { bad_body: 10 } }, async ({ workUntil, working, bystander }) => {
      const client = await working();
      const packed = bomb(compress);
      for (let id = 1; id <= 10; id += 1) client.send(message(COMPRESSED, id, ECHO, packed));
      expect(await workUntil(bystander.echo())).toBeLessThan(1000);
      for (let id = 1; id <= 10; id += 1) expect(await client.answer(id)).toEqual(UNSUPPORTED);
    });
  }
});

describe('a JSON body that cannot be read', () => {
  refused(103, 'cut', '{"a":');
  refused(103, 'empty', '');
  refused(103, 'bad UTF-8', hex('22fffe22'));
  refused(106, '100000 levels', '['.repeat(100_000));
  refused(106, '65 levels', `${'['.repeat(65)}${']'.repeat(65)}`);
});

describe('a JSON body that can be read', () => {
  echoed(104, 'two objects', '[{"a":1},{"uid":"admin"}]', [{ a: 1 }, { uid: 'admin' }]);
  for (const text of ['null', '0', 'false', '"x"', '[]']) echoed(105, text, text, JSON.parse(text));
  echoed(107, 'its own keys', '{"__proto__":{"polluted":1},"own":1}', { own: 1 });

  row(107, { variant: 'every object' }, async ({ working }) => {
    const client = await working();
    await client.ask(1, ECHO, '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');
    expect(await client.ask(2, 'connector.echoHandler.polluted')).toBe('clean');
  });

  row(108, {}, async ({ workUntil, working, bystander }) => {
    const client = await working();
    const keys = Array.from({ length: 60_000 }, (_unused, index) => `"key${index}":0`);
    client.send(request(1, ECHO, `{${keys.join(',')}}`));
    expect(await workUntil(bystander.echo())).toBeLessThan(500);
    expect(Object.keys((await client.answer(1)) as object)).toHaveLength(60_000);
  });

  // Numbers are doubles, as for every client of the family: what no double can hold is rounded, what is infinite has no JSON.
  echoed(109, '1e400', '[1e400]', [null]);
  echoed(109, '-0', '[-0]', [0]);
  echoed(109, '2^53+1', '[9007199254740993]', [2 ** 53]);
});

describe('a protobuf body', () => {
  for (const [number, variant, body] of [
    [110, 'of a text', hex('32ffffffff0f61')],
    [110, 'of a message', hex('3affffffff0f08')],
    [110, 'of a list', hex('42ffffffff0f01')],
    [111, 'a varint for ever', Buffer.concat([hex('08'), Buffer.alloc(5000, 0xff)])],
    [111, 'a cut float', hex('2500')],
    [111, 'a cut double', hex('2900')],
    [111, 'a cut tag', hex('80')],
    [112, 'unknown tags', Buffer.alloc(8000, hex('f8ff0301'))],
    [112, 'tag 0', hex('0000')],
    [113, 'messages in messages', Buffer.alloc(4000, hex('3a7f'))],
  ] as const)
    refused(number, variant, body, PROTO);

  // Clients of the family write wrong wire types, so only the schema counts: these are values of the first field.
  for (const [number, variant, body, u] of [
    [112, 'wire type 7', hex('0f01'), 1],
    [113, 'groups in groups', Buffer.alloc(5000, 0x0b), 11],
  ] as const) {
    row(number, { variant, counts: {} }, async ({ working }) => {
      expect(await (await working()).ask(1, PROTO, body)).toEqual({ u });
    });
  }

  row(113, { variant: '200000 elements' }, async ({ workUntil, working, bystander }) => {
    const client = await working();
    client.send(request(1, PROTO, Buffer.alloc(800_000, hex('4a020801'))));
    expect(await workUntil(bystander.echo())).toBeLessThan(1000);
    expect(await client.answer(1)).toEqual(UNREADABLE);
  });
});
