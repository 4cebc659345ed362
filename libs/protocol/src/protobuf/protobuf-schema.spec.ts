import { ProtocolError } from '../errors.js';
import { parseProtos } from './parse-protos.js';
import type { ParsedProtos, ProtoSource } from './parsed-protos.js';
import { ProtobufRefusal } from './protobuf-refusal.js';
import { ProtobufSchema } from './protobuf-schema.js';

const TREE: ProtoSource = {
  'message Node': { 'optional uInt32 id': 1, 'optional Node next': 2, 'repeated Node children': 3 },
  tree: { 'required Node root': 1 },
};

function schema(message: unknown): ProtobufSchema {
  return new ProtobufSchema(parseProtos({ m: message }));
}

function decode(protos: ProtobufSchema, hex: string, route = 'm'): unknown {
  const bytes = Buffer.from(hex, 'hex');
  const body = protos.decode(route, bytes, 0, bytes.length);
  return body instanceof ProtobufRefusal ? body.reason : body;
}

function encode(protos: ProtobufSchema, body: unknown, route = 'm'): string {
  return Buffer.from(protos.encode(route, body)).toString('hex');
}

function mistake(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof ProtocolError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

function chain(levels: number): unknown {
  let node: unknown = { id: 1 };
  for (let level = 1; level < levels; level++) node = { next: node };
  return { root: node };
}

describe('a protobuf schema', () => {
  it('knows the routes that have a message, and no types', () => {
    const protos = new ProtobufSchema(parseProtos(TREE));
    expect(
      ['tree', 'message Node', 'Node', 'toString', '__proto__'].map((route) => protos.has(route)),
    ).toEqual([true, false, false, false, false]);
  });

  it('prefers a nested type to a root type of the same name', () => {
    const protos = new ProtobufSchema(
      parseProtos({
        'message P': { 'required string s': 1 },
        m: { 'message P': { 'required uInt32 n': 1 }, 'required P p': 1 },
      }),
    );
    expect(encode(protos, { p: { n: 5 } })).toBe('0a020805');
  });

  it('takes a parsed form that came broken over the network for what is usable in it', () => {
    const broken: unknown = JSON.parse(`{
      "m": {"a": {"option": "required", "type": "uInt32", "tag": 1}, "b": 5, "c": {"option": "x"}, "__messages": null,
            "__tags": {"1": "a", "2": "b", "x": "a", "3": "__proto__", "4": 7}},
      "n": null, "__proto__": {"o": {}}
    }`);
    const protos = new ProtobufSchema(broken as ParsedProtos);
    expect(decode(protos, '0805')).toEqual({ a: 5 });
    expect(decode(protos, '08051005')).toBe('bad_tag');
    expect(decode(protos, '08051a05')).toBe('bad_tag');
    expect([protos.has('n'), protos.has('o')]).toEqual([true, false]);
  });

  it('handles fields that are named like members of every object', () => {
    const protos = schema({ 'required uInt32 constructor': 1, 'repeated uInt32 toString': 2 });
    const body = { constructor: 1, toString: [2, 3] };
    expect(decode(protos, encode(protos, body))).toEqual(body);
    expect(decode(protos, '')).toBe('missing_required');
    expect(mistake(() => protos.encode('m', {}))).toContain('PROTOBUF_MISSING_FIELD');
  });
});

describe('encoding a body', () => {
  const item = {
    'message Item': { 'required uInt32 id': 1 },
    'repeated Item items': 1,
    'optional Item one': 2,
  };

  it.each<[string, unknown, unknown, string, string]>([
    ['a missing field', item, { items: [{ id: 1 }, {}] }, 'MISSING_FIELD', '"items[1].id" is missing'],
    ['a null field', item, { one: { id: null } }, 'MISSING_FIELD', '"one.id" is missing'],
    [
      'a value out of range',
      item,
      { one: { id: -1 } },
      'BAD_VALUE',
      '"one.id" cannot hold -1, it is a "uInt32"',
    ],
    ['text after a number', item, { one: { id: '12px' } }, 'BAD_VALUE', 'cannot hold "12px"'],
    [
      'a value for a list',
      item,
      { items: { id: 1 } },
      'BAD_VALUE',
      'cannot hold an object, it is a "repeated Item"',
    ],
    ['a list for a message', item, { one: [] }, 'BAD_VALUE', '"one" cannot hold an array'],
    [
      'a hole in a list',
      { 'repeated uInt32 a': 1 },
      { a: [1, undefined] },
      'BAD_VALUE',
      '"a[1]" cannot hold undefined',
    ],
    ['an infinite integer', { 'optional int32 a': 1 }, { a: Infinity }, 'BAD_VALUE', 'cannot hold Infinity'],
    ['a text for a double', { 'optional double a': 1 }, { a: 'x' }, 'BAD_VALUE', 'cannot hold "x"'],
    ['an unknown type', { 'optional bool a': 1 }, { a: true }, 'BAD_TYPE', '"a" has type "bool"'],
    ['a tag that is none', { 'optional uInt32 a': 1.5 }, { a: 1 }, 'BAD_TAG', '"a" has tag 1.5'],
    ['a body that is none', item, 5, 'BAD_VALUE', '"(body)" cannot hold 5'],
  ])('names route, field and value of %s', (_, message, body, code, text) => {
    const said = mistake(() => schema(message).encode('m', body));
    expect(said).toContain(`PROTOBUF_${code}: Route "m": `);
    expect(said).toContain(text);
  });

  it('names the route that has no message', () => {
    expect(mistake(() => schema({}).encode('nope', {}))).toMatch(/^PROTOBUF_UNKNOWN_ROUTE: .*"nope"/);
  });

  it('leaves out unsupported fields that are not set', () => {
    expect(encode(schema({ 'optional bool a': 1, 'optional uInt32 b': 2 }), { b: 1 })).toBe('1001');
  });

  it.each([
    ['uInt32', '2^53', 2 ** 53],
    ['sInt32', '2^52', 2 ** 52],
    ['sInt32', '-2^52-1', -(2 ** 52) - 1],
    ['int32', 'NaN', NaN],
  ])('refuses a %s of %s', (type, _, value) => {
    expect(mistake(() => schema({ [`optional ${type} a`]: 1 }).encode('m', { a: value }))).toMatch(
      /BAD_VALUE/,
    );
  });

  it.each([
    ['uInt32', Number.MAX_SAFE_INTEGER],
    ['sInt32', 2 ** 52 - 1],
    ['int32', -(2 ** 52)],
  ])('carries a %s of %d, the last that fits', (type, value) => {
    const protos = schema({ [`optional ${type} a`]: 1 });
    expect(decode(protos, encode(protos, { a: value }))).toEqual({ a: value });
  });

  it('writes numbers that stand in strings', () => {
    const protos = schema({ 'optional int32 i': 1, 'optional double d': 2 });
    expect(decode(protos, encode(protos, { i: ' -7.9 ', d: '1.5e3' }))).toEqual({ i: -7, d: 1500 });
  });

  it('writes messages of every length', () => {
    const protos = schema({ 'message P': { 'optional string s': 1 }, 'optional P p': 1 });
    for (const length of [0, 124, 125, 126, 16_380, 16_381, 100_000]) {
      const body = { p: { s: 'x'.repeat(length) } };
      expect(decode(protos, encode(protos, body))).toEqual(body);
    }
    expect(encode(protos, { p: {} })).toBe('0a00');
  });

  it('ends circular bodies with an error', () => {
    const node: Record<string, unknown> = { id: 1 };
    node['next'] = node;
    const protos = new ProtobufSchema(parseProtos(TREE));
    expect(mistake(() => protos.encode('tree', { root: node }))).toMatch(
      /^PROTOBUF_TOO_DEEP: .*"root\.next\.next/,
    );
  });

  it('gives bytes of their own, also when a getter encodes another body or an error came before', () => {
    const protos = schema({ 'optional uInt32 a': 1, 'optional string b': 2 });
    const first = protos.encode('m', { a: 1 });
    const nesting = {
      a: 2,
      get b() {
        return encode(protos, { a: 3 });
      },
    };
    expect(decode(protos, encode(protos, nesting))).toEqual({ a: 2, b: '0803' });
    expect(mistake(() => protos.encode('m', { a: 9, b: 5 }))).toMatch(/BAD_VALUE/);
    expect(encode(protos, { a: 4 })).toBe('0804');
    expect(Buffer.from(first).toString('hex')).toBe('0801');
  });
});

describe('decoding a body', () => {
  it('reads only its range, wherever the bytes lie in memory', () => {
    const protos = schema({ 'required double d': 1, 'required float f': 2, 'required string s': 3 });
    const body = protos.encode('m', { d: 0.1, f: 0.5, s: 'é' });
    const surrounded = Buffer.concat([Buffer.from('ffffff', 'hex'), body, Buffer.from('ffff', 'hex')]);
    const bytes = surrounded.subarray(1);
    expect(protos.decode('m', bytes, 2, 2 + body.length)).toEqual({ d: 0.1, f: 0.5, s: 'é' });
    expect(protos.decode('m', bytes, 2, 1 + body.length)).toBe(ProtobufRefusal.Truncated);
    expect(protos.decode('m', body, 0, body.length + 5)).toEqual({ d: 0.1, f: 0.5, s: 'é' });
  });

  it('appends what comes later for a repeated field', () => {
    expect(decode(schema({ 'repeated uInt32 r': 4 }), '22010122020203')).toEqual({ r: [1, 2, 3] });
    expect(decode(schema({ 'repeated string r': 1 }), '0a01610a0162')).toEqual({ r: ['a', 'b'] });
    expect(decode(schema({ 'repeated uInt32 r': 1 }), '0800')).toEqual({ r: [] });
  });

  it.each([
    ['a pair between text', '61eda0bdedb88062', 'a😀b'],
    ['two pairs', 'eda0bdedb880eda0bdedb881', '😀😁'],
    ['both encodings', 'f09f9880eda0bdedb881', '😀😁'],
    ['a high half alone', '61eda0bd62', 'a\uFFFDb'],
    ['a low half alone', 'edb880', '\uFFFD'],
    ['two high halves and a low one', 'eda0bdeda0bdedb880', '\uFFFD😀'],
    ['a low half before a high one', 'edb880eda0bd', '\uFFFD\uFFFD'],
    ['half a half', 'eda0', '\uFFFD\uFFFD'],
    ['no surrogates at all', 'ed9fbf', '\uD7FF'],
    ['a real U+FFFD', 'efbfbd', '\uFFFD'],
  ])('reads surrogates as browsers write them: %s', (_, hex, text) => {
    const length = (hex.length / 2).toString(16).padStart(2, '0');
    expect(decode(schema({ 'required string s': 1 }), `0a${length}${hex}`)).toEqual({ s: text });
  });

  it('refuses nested messages beyond maxDepth, whatever the depth of the bytes', () => {
    const strict = new ProtobufSchema(parseProtos(TREE), { maxDepth: 32 });
    const lax = new ProtobufSchema(parseProtos(TREE), { maxDepth: 1000 });
    expect(decode(strict, encode(lax, chain(31), 'tree'), 'tree')).toEqual(chain(31));
    expect(decode(strict, encode(lax, chain(32), 'tree'), 'tree')).toBe('too_deep');
    expect(decode(strict, encode(lax, chain(900), 'tree'), 'tree')).toBe('too_deep');
  });

  it('counts depth by nesting, not by the number of messages', () => {
    const protos = new ProtobufSchema(parseProtos(TREE), { maxDepth: 3 });
    const body = { root: { children: Array.from({ length: 100 }, (_, id) => ({ id })) } };
    expect(decode(protos, encode(protos, body, 'tree'), 'tree')).toEqual(body);
  });

  it('counts the elements of all repeated fields of a body together', () => {
    const source = { m: { 'repeated uInt32 a': 1, 'repeated string b': 2 } };
    const protos = new ProtobufSchema(parseProtos(source), { maxElements: 3 });
    expect(decode(protos, '080201021200')).toEqual({ a: [1, 2], b: [''] });
    expect(decode(protos, '0802010212001200')).toBe('too_many_elements');
    expect(decode(protos, '080401020304')).toBe('too_many_elements');
  });
});
