import { fromHex, readVectors, toHex } from '../../../test/support/vectors.js';
import { ProtocolError } from './errors.js';
import { decodeMessageHead, MessageHead } from './message-decoder.js';
import { encodeMessage, type MessageHeadFields } from './message-encoder.js';
import type { MessageType } from './message.js';

interface Decoded {
  readonly id: number;
  readonly type: number;
  readonly compressRoute: number;
  readonly route: string | number | null;
  readonly compressGzip: number;
  readonly body_hex: string;
}

interface EncodeVector {
  readonly name: string;
  readonly id: number;
  readonly type: number;
  readonly route: string | number | null;
  readonly body_hex: string | null;
  readonly compressGzip?: number | boolean;
  readonly hex?: string;
  readonly decode?: Decoded;
}

interface DecodeVector {
  readonly name: string;
  readonly hex: string;
  readonly decode?: Decoded;
}

const vectors = readVectors('pomelo') as { message_encode: EncodeVector[]; message_decode: DecodeVector[] };

interface EncodeDeviation {
  readonly hex?: string;
  readonly error?: string;
  readonly why: string;
}

const bigId =
  'the id is right here; there it truncates the message, and the server of Pomelo hangs on reading it';

const ENCODE_DEVIATIONS: Readonly<Record<string, EncodeDeviation>> = {
  'request id 2147483648 (encoder bug: byte count uses int32)': {
    hex: '00808080800805612e622e637b7d',
    why: bigId,
  },
  'request id 4294967295 (encoder bug: byte count uses int32)': {
    hex: '00ffffffff0f05612e622e637b7d',
    why: bigId,
  },
  'request id 4294967296 (encoder bug: byte count uses int32)': {
    hex: '00808080801005612e622e637b7d',
    why: bigId,
  },
  'request id 9007199254740991 (encoder bug: byte count uses int32)': {
    hex: '00ffffffffffffff0f05612e622e637b7d',
    why: bigId,
  },
  'request id 1.5': { error: 'BAD_MESSAGE_ID', why: 'its response would come back under another id' },
  'request compressed route 65536': { error: 'BAD_ROUTE_CODE', why: 'throws there too' },
  'compress flag with a string route': {
    hex: '0001036162637b7d',
    why: 'throws there; here a string is a route in full, so the call cannot be made',
  },
  'route of 256 bytes': { error: 'ROUTE_TOO_LONG', why: 'throws there too' },
  'route of 86 cjk chars = 258 bytes': { error: 'ROUTE_TOO_LONG', why: 'throws there too' },
  'type 4': { error: 'BAD_MESSAGE_TYPE', why: 'throws there too' },
  'type -1': { error: 'BAD_MESSAGE_TYPE', why: 'throws there too' },
};

interface DecodeDeviation {
  readonly refusal?: string;
  readonly id?: number;
  readonly why: string;
}

const uncaught = 'throws there, uncaught, which wedges the connection';

const DECODE_DEVIATIONS: Readonly<Record<string, DecodeDeviation>> = {
  'empty buffer': { refusal: 'empty', why: uncaught },
  'flag only: request': { refusal: 'truncated', why: uncaught },
  'flag only: notify': { refusal: 'truncated', why: uncaught },
  'flag only: response': { refusal: 'truncated', why: uncaught },
  'flag only: push': { refusal: 'truncated', why: uncaught },
  'request truncated id 80': { refusal: 'truncated', why: uncaught },
  'request route length beyond the end': { refusal: 'truncated', why: uncaught },
  'compressed route truncated': { refusal: 'truncated', why: uncaught },
  'type 4 (no id, no route)': { refusal: 'bad_message_type', why: 'logged and dropped there' },
  'type 7': { refusal: 'bad_message_type', why: 'logged and dropped there' },
  'id 5 bytes 2^31 -> negative (int32 shift)': { id: 2 ** 31, why: 'freezes the process there' },
  'id 5 bytes ffffffff0f': { id: 2 ** 32 - 1, why: 'freezes the process there' },
  'id 6 bytes (bit 35 wraps to bit 3)': { id: 2 ** 35, why: 'another id there' },
};

/** The boundary at which vectors bring types that the compiler would refuse. */
function fieldsOf({ type, id, route, compressGzip }: EncodeVector): MessageHeadFields {
  return { type: type as MessageType, id, route: route ?? '', compressedBody: Boolean(compressGzip) };
}

function encode(vector: EncodeVector): string {
  try {
    return toHex(encodeMessage(fieldsOf(vector), fromHex(vector.body_hex)));
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
}

/** A message in the words of the vectors, or the reason of the refusal. */
function decode(hex: string): Decoded | string {
  const bytes = fromHex(hex);
  const head = new MessageHead();
  const refusal = decodeMessageHead(bytes, 0, bytes.length, head);
  if (refusal !== undefined) return refusal;
  const hasRoute = head.type !== 2;
  return {
    id: head.id,
    type: head.type,
    compressRoute: (bytes[0] ?? 0) & 1,
    route: hasRoute ? (head.routeCode === -1 ? head.route : head.routeCode) : null,
    compressGzip: Number(head.compressedBody),
    body_hex: toHex(bytes.subarray(head.bodyStart)),
  };
}

describe('encodeMessage and the bytes of Pomelo', () => {
  const { message_encode: all } = vectors;

  it('is tested with every recorded message', () => {
    expect(all).toHaveLength(55);
    expect(all.filter(({ name }) => name in ENCODE_DEVIATIONS)).toHaveLength(
      Object.keys(ENCODE_DEVIATIONS).length,
    );
  });

  it.each(all)('writes $name', (vector) => {
    const deviation = ENCODE_DEVIATIONS[vector.name];
    expect(encode(vector)).toBe(deviation === undefined ? vector.hex : (deviation.hex ?? deviation.error));
  });

  it.each(all.filter(({ name }) => !(name in ENCODE_DEVIATIONS)))(
    'reads again: $name',
    ({ hex, decode: recorded }) => {
      expect(decode(hex ?? '')).toEqual(recorded);
    },
  );

  it.each(all.filter(({ name }) => ENCODE_DEVIATIONS[name]?.hex !== undefined))(
    'reads again where Pomelo cannot: $name',
    ({ name, id, type, route }) => {
      const expected = { id, type, route, compressRoute: 0, compressGzip: 0, body_hex: '7b7d' };
      expect(decode(ENCODE_DEVIATIONS[name]?.hex ?? '')).toEqual(expected);
    },
  );
});

describe('decodeMessageHead and the bytes of Pomelo', () => {
  const { message_decode: all } = vectors;

  it('is tested with every recorded buffer', () => {
    expect(all).toHaveLength(22);
    expect(all.filter(({ name }) => name in DECODE_DEVIATIONS)).toHaveLength(
      Object.keys(DECODE_DEVIATIONS).length,
    );
  });

  it.each(all)('reads $name', ({ name, hex, decode: recorded }) => {
    const deviation = DECODE_DEVIATIONS[name];
    const expected = deviation?.refusal ?? { ...recorded, id: deviation?.id ?? recorded?.id };
    expect(decode(hex)).toEqual(expected);
  });
});
