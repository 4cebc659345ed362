import { isDeepStrictEqual } from 'node:util';
import type { ProtobufSchema } from 'nestjs-pomelo-protocol';
import type { Library } from '../library.js';
import { invariant, type FuzzTarget } from './fuzz-target.js';
import { hexSeeds } from './seeds.js';
import { Surroundings } from './surroundings.js';

/** Every type, every option, a nested and a recursive message. */
const PROTOS = {
  scalars: {
    'optional uInt32 u': 1,
    'optional sInt32 s': 2,
    'optional int32 i': 3,
    'optional float f': 4,
    'optional double d': 5,
    'optional string str': 6,
    'optional uInt64 unsupported': 7,
    'repeated uInt32 us': 8,
    'repeated double ds': 9,
    'repeated string strs': 10,
    'repeated sInt32 far': 300,
  },
  tree: {
    'message Leaf': { 'required uInt32 id': 1, 'optional string name': 2 },
    'optional Node root': 1,
    'repeated Leaf leaves': 2,
    'required int32 depth': 3,
  },
  'message Node': { 'optional Node next': 1, 'repeated Node children': 2, 'optional string name': 3 },
};

const LIMITS = { maxDepth: 8, maxElements: 100 };
const MAX_BYTES = 160;
/** What a body is written as again may be longer than it was. */
const fillers = {
  ones: new Surroundings(0xff, 8 * MAX_BYTES),
  one: new Surroundings(0x01, 8 * MAX_BYTES),
  high: new Surroundings(0x80, 8 * MAX_BYTES),
};

function decode(schema: ProtobufSchema, route: string, body: Uint8Array, memory: Surroundings): unknown {
  const end = memory.hold(body);
  return schema.decode(route, memory.bytes, Surroundings.start, end);
}

function elementsIn(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const own = Array.isArray(value) ? value.length : 0;
  return Object.values(value).reduce<number>((sum, child) => sum + elementsIn(child), own);
}

/** A repeated field without elements is not written, so it is not there when it is read again. */
function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, child]) => !Array.isArray(child) || child.length > 0);
  return Object.fromEntries(entries.map(([key, child]) => [key, withoutEmptyLists(child)]));
}

function prepare({ protocol }: Library): (input: Uint8Array) => void {
  const { ProtobufRefusal, ProtobufSchema, parseProtos } = protocol;
  const schema = new ProtobufSchema(parseProtos(PROTOS), LIMITS);
  return (input) => {
    // The first byte says which message it is.
    const route = ((input[0] ?? 0) & 1) === 0 ? 'scalars' : 'tree';
    const bytes = input.subarray(1);
    const body = decode(schema, route, bytes, fillers.ones);
    invariant(
      isDeepStrictEqual(decode(schema, route, bytes, fillers.one), body),
      'nothing outside of a body counts',
    );
    if (body instanceof ProtobufRefusal) return;
    invariant(elementsIn(body) <= LIMITS.maxElements, 'no body has more elements than the limit');
    const again = decode(schema, route, schema.encode(route, body), fillers.high);
    invariant(isDeepStrictEqual(again, withoutEmptyLists(body)), 'a body is read as it was written');
  };
}

/** The vectors are of other schemas, but their fields have the same tags; each is tried as both messages. */
function seeds(): Uint8Array[] {
  const bodies = [...hexSeeds('protobuf'), ...BODIES.map((hex) => Buffer.from(hex, 'hex'))];
  return bodies.flatMap((body) => [0, 1].map((selector) => Uint8Array.from([selector, ...body])));
}

const BODIES = [
  '1802',
  '18020a060a040a020a00',
  '12020801120508021201611806',
  '42030102034a01000000000000f03f',
];

/** Bodies in pomelo-protobuf. */
export const protobufTarget: FuzzTarget = {
  name: 'protobuf',
  maxBytes: MAX_BYTES,
  seeds: seeds(),
  tokens: ['0a00', '1a0161', '1200', '1801', 'ffffffffffffff0f', 'e012', 'eda0bdedb880', '4202'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
  prepare,
};
