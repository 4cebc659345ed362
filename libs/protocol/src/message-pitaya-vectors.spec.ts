import { inflateSync, unzipSync } from 'node:zlib';
import { fromHex, readVectors, toHex } from '../../../test/support/vectors.js';
import { ProtocolError } from './errors.js';
import { decodeMessageHead, MessageHead } from './message-decoder.js';
import { encodeMessage } from './message-encoder.js';
import { MessageType } from './message.js';
import { encodePackage, PackageType } from './package.js';
import { RouteDictionary } from './route-dictionary.js';

interface GoMessage {
  readonly type: number;
  readonly id?: number;
  readonly err?: boolean;
  readonly route?: string;
  readonly route_repeat?: readonly [string, number];
  readonly data: string;
}

interface EncodeVector {
  readonly test: string;
  readonly message: GoMessage;
  readonly dict: Readonly<Record<string, number>>;
  readonly compression?: boolean;
  readonly compare: 'exact' | 'inflate';
  readonly expect: { readonly hex?: string; readonly error?: string };
}

interface DecodeVector {
  readonly test: string;
  readonly in: string;
  readonly dict: Readonly<Record<string, number>>;
  readonly expect: Partial<GoMessage> & { readonly dict?: boolean; readonly error?: string };
}

interface EdgeDecodeVector {
  readonly what: string;
  readonly in: string;
  readonly dict: Readonly<Record<string, number>>;
}

interface EdgeEncodeVector {
  readonly what: string;
  readonly message?: GoMessage;
  readonly pitaya_v3?: { readonly hex: string };
  readonly pitaya_v3_first_bytes?: string;
}

const vectors = readVectors('pitaya') as {
  message_encode: EncodeVector[];
  message_decode: DecodeVector[];
  nano_message: EncodeVector[];
  edge_decode: EdgeDecodeVector[];
  edge_encode: EdgeEncodeVector[];
};

/** The boundary at which vectors bring types that the compiler would refuse. */
function encode(message: GoMessage, body: Uint8Array, dict: Readonly<Record<string, number>> = {}): string {
  const text = message.route ?? message.route_repeat?.[0].repeat(message.route_repeat[1]) ?? '';
  const route = RouteDictionary.fromRouteToCode(dict).codeOf(text) ?? text;
  const compressedBody = message.data !== toHex(body);
  try {
    const type = message.type as MessageType;
    return toHex(
      encodeMessage({ type, id: message.id ?? 0, route, error: message.err === true, compressedBody }, body),
    );
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
}

/** A message in the words of the Go servers, inflated, or the reason why it is refused. */
function decode(
  hex: string,
  dict: Readonly<Record<string, number>>,
): Partial<DecodeVector['expect']> | string {
  const bytes = fromHex(hex);
  const head = new MessageHead();
  const refusal = decodeMessageHead(bytes, 0, bytes.length, head);
  if (refusal !== undefined) return refusal;
  const viaDictionary = head.routeCode !== -1;
  const route = viaDictionary ? RouteDictionary.fromRouteToCode(dict).routeOf(head.routeCode) : head.route;
  if (route === undefined) return 'unknown code';
  const body = bytes.subarray(head.bodyStart);
  try {
    const data = toHex(head.compressedBody ? unzipSync(body) : body);
    return { type: head.type, id: head.id, route, data, err: head.error, dict: viaDictionary };
  } catch {
    return 'cannot inflate';
  }
}

it('every recorded message of the Go servers is tested', () => {
  const counts = Object.fromEntries(Object.entries(vectors).map(([name, entries]) => [name, entries.length]));
  expect(counts).toMatchObject({ message_encode: 12, message_decode: 12, nano_message: 8 });
  expect(counts).toMatchObject({ edge_decode: 13, edge_encode: 13 });
});

describe('encodeMessage and the bytes of the Go servers', () => {
  const all = [...vectors.message_encode, ...vectors.nano_message];

  it.each(all.filter(({ compare }) => compare === 'exact'))('agrees with $test', (vector) => {
    const expected = vector.expect.hex ?? 'BAD_MESSAGE_TYPE';
    expect(encode(vector.message, fromHex(vector.message.data), vector.dict)).toBe(expected);
  });

  it.each(all.filter(({ compare }) => compare === 'inflate'))(
    'agrees with $test',
    ({ message, expect: expected }) => {
      const body = fromHex(expected.hex).subarray(2);
      expect(toHex(inflateSync(body))).toBe(message.data);
      expect(encode(message, body)).toBe(expected.hex);
    },
  );
});

describe('decodeMessageHead and the bytes of the Go servers', () => {
  it.each(vectors.message_decode)('agrees with $test', ({ in: hex, dict, expect: expected }) => {
    const defaults = { id: 0, route: '' };
    expect(decode(hex, dict)).toEqual(expected.error === undefined ? { ...defaults, ...expected } : 'empty');
  });
});

const ok = { err: false, dict: false };

/** What we do with input on which the Go servers differ, panic, or invent what is not there. */
const EDGES: Readonly<Record<string, object | string>> = {
  'unterminated varint id': 'truncated',
  'route length beyond the buffer': 'truncated',
  'request with a complete id and nothing else': 'truncated',
  'compressed route, unknown code': 'unknown code',
  'compressed route cut after one byte': 'truncated',
  'message type 4': 'bad_message_type',
  'message type 7': 'bad_message_type',
  'zlib flag on a body that is not zlib': 'cannot inflate',
  'empty input': 'empty',
  'one byte': 'truncated',
  'push with an empty route and no body': { ...ok, type: 3, id: 0, route: '', data: '' },
  'reserved flag bits 0x40 0x80 set': { ...ok, type: 1, id: 0, route: 'a', data: '' },
  'gzip magic (1f8b) body under the flag': { ...ok, type: 2, id: 0, route: '', data: '6869' },
};

describe('decodeMessageHead at the edges', () => {
  it.each(vectors.edge_decode)('$what', ({ what, in: hex, dict }) => {
    expect(EDGES[what]).toBeDefined();
    expect(decode(hex, dict)).toEqual(EDGES[what]);
  });
});

describe('encodeMessage at the edges', () => {
  const messages = vectors.edge_encode.flatMap((edge) =>
    edge.message === undefined ? [] : [{ ...edge, message: edge.message }],
  );

  it.each(messages.filter(({ pitaya_v3 }) => pitaya_v3 !== undefined))('$what', ({ message, pitaya_v3 }) => {
    expect(encode(message, fromHex(message.data))).toBe(pitaya_v3?.hex);
  });

  it.each(messages.filter(({ pitaya_v3 }) => pitaya_v3 === undefined))('$what', (edge) => {
    // There the length byte of the longer route wraps around to 44.
    const isTooLong = edge.what === 'route of 300 bytes';
    const bytes = encode(edge.message, fromHex(''));
    expect(isTooLong ? bytes : bytes.slice(0, 8)).toBe(
      isTooLong ? 'ROUTE_TOO_LONG' : edge.pitaya_v3_first_bytes,
    );
  });

  it('packet of exactly 16777216 bytes', () => {
    expect(vectors.edge_encode.length - messages.length).toBe(1);
    expect(() => encodePackage(PackageType.Data, new Uint8Array(0x1000000))).toThrow('does not fit');
  });

  it('knows the four message types by the numbers of the family', () => {
    expect(MessageType).toEqual({ Request: 0, Notify: 1, Response: 2, Push: 3 });
  });
});
