import { deepEqual, equal } from 'node:assert/strict';
import { createRequire } from 'node:module';
import * as fc from 'fast-check';
import { parseProtos } from './parse-protos.js';
import type { ParsedProtos } from './parsed-protos.js';
import { ProtobufRefusal } from './protobuf-refusal.js';
import { ProtobufSchema } from './protobuf-schema.js';

interface Reference {
  setEncoderProtos(protos: ParsedProtos): void;
  setDecoderProtos(protos: ParsedProtos): void;
  encode(route: string, body: unknown): Buffer | null;
  decode(route: string, bytes: Buffer): unknown;
}

/** pomelo-protobuf 0.4.0 itself: CommonJS, with one schema per process. */
const reference = createRequire(import.meta.url)('pomelo-protobuf') as Reference;

type Body = Record<string, unknown>;

/** One random message: its schema as a file has it, and bodies for it. */
interface Sample {
  readonly source: Record<string, unknown>;
  readonly body: fc.Arbitrary<Body>;
}

/** A field of a sample before it has a name and tag. */
interface FieldSample {
  readonly option: string;
  readonly type: string;
  /** The source of a nested type. */
  readonly message?: Record<string, unknown>;
  readonly value: fc.Arbitrary<unknown>;
}

/** The largest tag that pomelo-protobuf can write; no random field has it. */
const ID_TAG = 2 ** 28 - 1;

/** pomelo-protobuf overruns its buffer where 8 bytes of a double take less than 3 characters of JSON. */
const doubles = fc.double().filter((value) => JSON.stringify(value).length >= 3);
const signed = fc.integer({ min: -(2 ** 52), max: 2 ** 52 - 1 });
const SCALARS: readonly (readonly [type: string, value: fc.Arbitrary<unknown>])[] = [
  ['uInt32', fc.oneof(fc.nat(300), fc.maxSafeNat())],
  ['sInt32', fc.oneof(fc.integer({ min: -300, max: 300 }), signed)],
  ['int32', signed],
  ['float', fc.float()],
  ['double', doubles],
  ['string', fc.oneof(fc.string(), fc.string({ unit: 'binary', maxLength: 200 }))],
];

const options = fc.constantFrom('required', 'optional', 'repeated');
const scalarFields: fc.Arbitrary<FieldSample> = fc
  .tuple(options, fc.constantFrom(...SCALARS))
  .map(([option, [type, value]]) => ({ option, type, value }));

function messageFields(depth: number): fc.Arbitrary<FieldSample> {
  const types = fc.constantFrom('Point', 'Item', 'A1');
  return fc
    .tuple(options, types, samples(depth))
    .map(([option, type, { source, body }]) => ({ option, type, message: source, value: body }));
}

function samples(depth: number): fc.Arbitrary<Sample> {
  const fields = depth === 0 ? scalarFields : fc.oneof(scalarFields, messageFields(depth - 1));
  const tagged = fc.tuple(
    fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 21, max: ID_TAG - 1 })),
    fields,
  );
  return fc.uniqueArray(tagged, { selector: ([tag]) => tag, maxLength: 6 }).map(sampleOf);
}

function sampleOf(fields: readonly [tag: number, field: FieldSample][]): Sample {
  const source: Record<string, unknown> = {};
  const bodies: Record<string, fc.Arbitrary<unknown>> = {};
  const requiredKeys: string[] = [];
  for (const [tag, { option, type, message, value }] of fields) {
    const name = `f${tag}`;
    const typeName = message === undefined ? type : `${type}${tag}`;
    if (message !== undefined) source[`message ${typeName}`] = message;
    source[`${option} ${typeName} ${name}`] = tag;
    // An empty list is not written, so it would not come back.
    bodies[name] = option === 'repeated' ? fc.array(value, { minLength: 1, maxLength: 6 }) : value;
    if (option === 'required') requiredKeys.push(name);
  }
  const body = fc.record(bodies, { requiredKeys }).map((record) => ({ ...record }));
  return { source, body };
}

interface Case {
  readonly protos: ParsedProtos;
  readonly body: Body;
}

/** A random schema and one body of it; the field `id` keeps the body from being empty. */
const cases: fc.Arbitrary<Case> = samples(2).chain(({ source, body }) => {
  const protos = parseProtos({ m: { ...source, 'required uInt32 id': ID_TAG } });
  return body.map((fields) => ({ protos, body: { ...fields, id: 7 } }));
});

/** A valid body with a few bytes changed and its end moved: past the first checks, unlike noise. */
const damaged: fc.Arbitrary<{ protos: ParsedProtos; bytes: Buffer }> = fc
  .tuple(cases, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
  .map(([{ protos, body }, changes, cut]) => {
    const bytes = Buffer.from(new ProtobufSchema(protos).encode('m', body));
    for (const [position, value] of changes) bytes[position % bytes.length] = value;
    return { protos, bytes: bytes.subarray(0, bytes.length - (cut % 3)) };
  });

function read(protos: ProtobufSchema, bytes: Uint8Array): Body | ProtobufRefusal {
  return protos.decode('m', bytes, 0, bytes.length);
}

function isPlainOrRefused(value: unknown): boolean {
  return value instanceof ProtobufRefusal || Object.getPrototypeOf(value) === Object.prototype;
}

describe('any schema and any body', () => {
  it('come back as they were sent', () => {
    fc.assert(
      fc.property(cases, ({ protos, body }) => {
        const schema = new ProtobufSchema(protos);
        deepEqual(read(schema, schema.encode('m', body)), body);
      }),
    );
  });

  it('have the bytes that pomelo-protobuf writes, and the value that it reads', () => {
    fc.assert(
      fc.property(cases, ({ protos, body }) => {
        const schema = new ProtobufSchema(protos);
        reference.setEncoderProtos(protos);
        reference.setDecoderProtos(protos);
        const theirs = reference.encode('m', body) ?? Buffer.alloc(0);
        const ours = Buffer.from(schema.encode('m', body));
        equal(ours.toString('hex'), theirs.toString('hex'));
        expect(reference.decode('m', ours)).toEqual(read(schema, theirs));
      }),
    );
  });
});

describe('any bytes', () => {
  it('are a body or a refusal, never an exception', () => {
    fc.assert(
      fc.property(cases, fc.uint8Array({ maxLength: 200 }), ({ protos }, bytes) => {
        equal(isPlainOrRefused(read(new ProtobufSchema(protos), bytes)), true);
      }),
    );
  });

  it('that nearly are a body are one that can be sent again, or a refusal', () => {
    fc.assert(
      fc.property(damaged, ({ protos, bytes }) => {
        const schema = new ProtobufSchema(protos);
        const body = read(schema, bytes);
        equal(isPlainOrRefused(body), true);
        if (body instanceof ProtobufRefusal) return;
        const again = read(schema, schema.encode('m', body));
        equal(JSON.stringify(again), JSON.stringify(withoutEmptyLists(body)));
      }),
    );
  });
});

function withoutEmptyLists(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEmptyLists);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([, inner]) => !(Array.isArray(inner) && inner.length === 0));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutEmptyLists(inner)]));
}
