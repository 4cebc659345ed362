import { readFileSync } from 'node:fs';
import { ProtocolError } from '../errors.js';
import { parseProtos } from './parse-protos.js';
import type { ProtoSource } from './parsed-protos.js';
import { ProtobufRefusal } from './protobuf-refusal.js';
import { ProtobufSchema } from './protobuf-schema.js';

/** One recorded call of pomelo-protobuf 0.4.0; `hex: null` is its silent null, `*_throws` its exception. */
interface Vector {
  readonly name: string;
  readonly key: string;
  readonly proto?: ProtoSource;
  readonly msg?: unknown;
  readonly hex?: string | null;
  readonly browser_hex?: string;
  readonly decode_hex?: string;
  readonly decode?: unknown;
}

/** What we do where pomelo-protobuf throws, is silent, or answers something that we refuse. */
interface Deviation {
  /** The bytes we write, or the code of our error. */
  readonly encode?: { readonly hex: string } | { readonly error: string };
  /** The value we read, or the reason of our refusal. */
  readonly decode?: { readonly value: unknown } | { readonly refusal: string };
  readonly why: string;
}

const badValue = { error: 'PROTOBUF_BAD_VALUE' };
const missing = { error: 'PROTOBUF_MISSING_FIELD' };
const badType = { encode: { error: 'PROTOBUF_BAD_TYPE' }, decode: { refusal: 'bad_type' } };

const DEVIATIONS: Readonly<Record<string, Deviation>> = {
  'uInt32 negative': { encode: badValue, why: 'throws there too, without a name' },
  'uInt32 NaN string': { encode: badValue, why: 'throws there too, without a name' },
  'uInt32 true': { encode: badValue, why: 'throws there too, without a name' },
  'uInt32 null': { encode: missing, why: 'null counts as not there' },
  'uInt32 1e21 (parseInt("1e+21") = 1)': { encode: badValue, why: 'a wrong number must not go out' },
  'string null': { encode: missing, why: 'null counts as not there' },
  'string number': { encode: badValue, why: 'throws there too, without a name' },
  'tag 536870911': { encode: { error: 'PROTOBUF_BAD_TAG' }, why: 'throws there too, without a name' },
  'optional undefined': { encode: { hex: '0801' }, why: 'undefined counts as not there, as in JSON' },
  'optional null': { encode: { hex: '0801' }, why: 'null counts as not there' },
  'required missing -> null': { encode: missing, why: 'an empty body would go out with no error anywhere' },
  'empty message -> null': { encode: { hex: '' }, why: 'no bytes are a legal body of optional fields' },
  'nested required missing -> null': { encode: missing, why: 'an empty body would go out' },
  'outer nested type not visible inside an inner message': {
    ...badType,
    why: 'a key without a value is not a field',
  },
  'repeated double of small numbers overflows the encoder buffer': {
    encode: {
      hex: '0906000000000000f03f00000000000000400000000000000840000000000000104000000000000014400000000000001840',
    },
    decode: { value: { a: [1, 2, 3, 4, 5, 6] } },
    why: 'our buffer grows',
  },
  'type bool (unknown type: tag only)': { ...badType, why: 'a key without a value is not a field' },
  'type uInt64 (tag only)': { ...badType, why: 'a key without a value is not a field' },
  'repeated uInt64': { encode: badType.encode, why: 'throws there too, without a name' },
  'decode empty buffer -> {} (required not checked)': {
    decode: { refusal: 'missing_required' },
    why: 'handlers rely on required fields',
  },
  'decode unknown tag': { decode: { refusal: 'bad_tag' }, why: 'throws there, uncaught' },
  'decode truncated varint': { decode: { refusal: 'truncated' }, why: 'throws there, uncaught' },
  'decode truncated double': { decode: { refusal: 'truncated' }, why: 'throws there, uncaught' },
  'decode string longer than buffer': {
    decode: { refusal: 'truncated' },
    why: 'half a string is not the string',
  },
  'decode duplicate repeated appends': {
    decode: { refusal: 'missing_required' },
    why: 'appends here too, but the body lacks a required field',
  },
  'decode repeated count too big': { decode: { refusal: 'truncated' }, why: 'throws there, uncaught' },
  'decode unknown key': { decode: { refusal: 'bad_tag' }, why: 'throws there, uncaught' },
  'decode for a key without proto -> null': {
    decode: { refusal: 'unknown_route' },
    why: 'null could be taken for a body',
  },
  'encode for a key without proto -> null': {
    encode: { error: 'PROTOBUF_UNKNOWN_ROUTE' },
    why: 'null becomes an empty body there',
  },
  'encode null msg -> null': { encode: badValue, why: 'null becomes an empty body there' },
};

/** The browser codec's buffer is as long as the JSON text and cuts off what does not fit: such bodies are refused. */
const CUT_BY_THE_BROWSER: ReadonlySet<string> = new Set([
  'double 0',
  'double 1',
  'double -1',
  'single double {"a":1}: browser client truncates to 7 bytes',
  'repeated double of small numbers overflows the encoder buffer',
]);

const DEFAULT_PROTO: ProtoSource = { m: { 'required uInt32 a': 1 } };

const { protobuf: vectors } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/pomelo.json', import.meta.url), 'utf8'),
) as { protobuf: readonly Vector[] };

const NOT_IN_JSON = new Map<unknown, unknown>([
  ['__undefined__', undefined],
  ['Infinity', Infinity],
  ['NaN', NaN],
  ['-0', -0],
]);

/** Vectors spell values that JSON does not have as strings. */
function revive(value: unknown): unknown {
  if (NOT_IN_JSON.has(value)) return NOT_IN_JSON.get(value);
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, revive(inner)]));
}

function schemaOf(vector: Vector): ProtobufSchema {
  return new ProtobufSchema(parseProtos(vector.proto ?? DEFAULT_PROTO));
}

function encodes(vector: Vector): boolean {
  return 'msg' in vector || 'encode' in vector;
}

function encoded(vector: Vector): { hex: string } | { error: string } {
  try {
    const body = schemaOf(vector).encode(vector.key, revive(vector.msg ?? null));
    return { hex: Buffer.from(body).toString('hex') };
  } catch (error) {
    if (error instanceof ProtocolError) return { error: error.code };
    throw error;
  }
}

function decoded(vector: Vector, hex: string): { value: unknown } | { refusal: string } {
  const bytes = Buffer.from(hex, 'hex');
  const value = schemaOf(vector).decode(vector.key, bytes, 0, bytes.length);
  return value instanceof ProtobufRefusal ? { refusal: value.reason } : { value };
}

/** The bytes whose decoding the vector records; our own where pomelo-protobuf could not write any. */
function bytesToDecode(vector: Vector): string | undefined {
  if (!encodes(vector)) return vector.decode_hex ?? '';
  const deviation = DEVIATIONS[vector.name];
  const ours =
    deviation?.encode !== undefined && 'hex' in deviation.encode ? deviation.encode.hex : undefined;
  return vector.hex ?? (deviation?.decode === undefined ? undefined : ours);
}

const encoding = vectors.filter(encodes);
const decoding = vectors.filter((vector) => bytesToDecode(vector) !== undefined);
const fromBrowsers = vectors.filter((vector) => vector.browser_hex !== undefined);

describe('bodies recorded from pomelo-protobuf 0.4.0', () => {
  it.each(encoding.map((vector) => [vector.name, vector] as const))('encodes: %s', (name, vector) => {
    const { hex } = vector;
    expect(encoded(vector)).toEqual(DEVIATIONS[name]?.encode ?? { hex });
  });

  it.each(decoding.map((vector) => [vector.name, vector] as const))('decodes: %s', (name, vector) => {
    const expected = DEVIATIONS[name]?.decode ?? { value: revive(vector.decode) };
    expect(decoded(vector, bytesToDecode(vector) ?? '')).toStrictEqual(expected);
  });

  it.each(fromBrowsers.map((vector) => [vector.name, vector] as const))(
    'decodes what the browser codec wrote: %s',
    (name, vector) => {
      const whole = { value: revive(vector.decode) };
      const expected = CUT_BY_THE_BROWSER.has(name) ? { refusal: 'truncated' } : whole;
      expect(decoded(vector, vector.browser_hex ?? '')).toStrictEqual(expected);
    },
  );

  it('uses every entry, and every line of the deviation tables', () => {
    const names = new Set(vectors.map(({ name }) => name));
    const used = new Set([...encoding, ...decoding, ...fromBrowsers].map(({ name }) => name));
    expect(vectors).toHaveLength(125);
    expect([...names].filter((name) => !used.has(name))).toEqual([]);
    expect(Object.keys(DEVIATIONS).filter((name) => !used.has(name))).toEqual([]);
    expect([...CUT_BY_THE_BROWSER].filter((name) => !used.has(name))).toEqual([]);
    expect({
      encoding: encoding.length,
      decoding: decoding.length,
      fromBrowsers: fromBrowsers.length,
    }).toEqual({ encoding: 113, decoding: 110, fromBrowsers: 60 });
  });
});
