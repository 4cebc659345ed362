import { CollectingSink, type CollectedPackage } from '../../../test/support/collecting-sink.js';
import { fromHex, readVectors } from '../../../test/support/vectors.js';
import { decodePackages } from './package-batch.js';
import { PackageDecoder } from './package-decoder.js';
import { encodePackage, MAX_PACKAGE_BODY_BYTES, type PackageType } from './package.js';

interface PomeloPackage {
  readonly type: number;
  readonly body_hex: string | null;
}

interface PomeloVector {
  readonly name: string;
  readonly hex: string;
  readonly decode: PomeloPackage | readonly PomeloPackage[];
}

interface GoPacket {
  readonly type: number;
  readonly length: number;
  readonly data: string;
}

interface GoVector {
  readonly test: string;
  readonly in: string;
  readonly op?: string;
  readonly type?: number;
  readonly data?: string;
  readonly expect: { readonly packets?: readonly GoPacket[]; readonly error?: string; readonly hex?: string };
}

interface StreamVector {
  readonly test: string;
  readonly transport: 'tcp' | 'ws';
  readonly chunks: readonly string[];
  readonly expect: { readonly frames?: readonly string[]; readonly error?: string };
}

interface StringVector {
  readonly type: number;
  readonly data: string;
  readonly expect_text: string;
}

/** What comes of bytes: packages, a verdict, and for a stream the bytes that wait for more. */
interface Outcome {
  readonly packages: readonly CollectedPackage[];
  readonly refusal?: string | undefined;
  readonly waiting?: number;
}

const pomelo = (readVectors('pomelo') as { package_decode: PomeloVector[] }).package_decode;
const go = readVectors('pitaya') as {
  packet_decode: GoVector[];
  nano_packet: GoVector[];
  stream_read: StreamVector[];
  packet_string: StringVector[];
};

function stream(chunks: readonly string[]): Outcome {
  const decoder = new PackageDecoder(MAX_PACKAGE_BODY_BYTES);
  const sink = new CollectingSink();
  let refusal: string | undefined;
  for (const chunk of chunks) refusal = decoder.push(fromHex(chunk), sink);
  return { packages: sink.packages, refusal, waiting: decoder.bufferedBytes };
}

function batch(hex: string): Outcome {
  const sink = new CollectingSink();
  const refusal = decodePackages(fromHex(hex), MAX_PACKAGE_BODY_BYTES, sink);
  return { packages: sink.packages, refusal };
}

const heartbeat: CollectedPackage = { type: 3, body: '' };

/** Where Pomelo's decoder invents what is not there, a stream waits for it and a WebSocket message is refused. */
const DEVIATIONS: Readonly<Record<string, { stream: Outcome; batch: Outcome; why: string }>> = {
  'empty buffer -> empty array': {
    stream: { packages: [], waiting: 0 },
    batch: { packages: [], refusal: 'truncated' },
    why: 'Pomelo closes on an empty WebSocket message too, one layer up',
  },
  '1 byte': partial(1, 'Pomelo takes the missing length bytes for 0'),
  '2 bytes': partial(2, 'Pomelo takes the missing length bytes for 0'),
  '3 bytes': partial(3, 'Pomelo takes the missing length bytes for 0'),
  'length bigger than the rest: zero padded': partial(7, 'Pomelo pads the body with zeros'),
  'huge length, short body: 255 bytes of padding': partial(5, 'Pomelo pads the body with zeros'),
  'trailing garbage byte becomes a package': {
    stream: { packages: [heartbeat], refusal: 'bad_type', waiting: 0 },
    batch: { packages: [heartbeat], refusal: 'bad_type' },
    why: 'no package has type 0x99',
  },
  'unknown type 9': badType('Pomelo refuses the type one layer up'),
  'type 0': badType('Pomelo refuses the type one layer up'),
};

function partial(waiting: number, why: string): { stream: Outcome; batch: Outcome; why: string } {
  return { stream: { packages: [], waiting }, batch: { packages: [], refusal: 'truncated' }, why };
}

function badType(why: string): { stream: Outcome; batch: Outcome; why: string } {
  const refused = { packages: [], refusal: 'bad_type' };
  return { stream: { ...refused, waiting: 0 }, batch: refused, why };
}

function pomeloPackages({ decode }: PomeloVector): CollectedPackage[] {
  const packages = Array.isArray(decode) ? (decode as readonly PomeloPackage[]) : [decode as PomeloPackage];
  return packages.map(({ type, body_hex }) => ({ type, body: body_hex ?? '' }));
}

function goPackages(packets: readonly GoPacket[]): CollectedPackage[] {
  return packets.map(({ type, length, data }) => {
    expect(data).toHaveLength(length * 2);
    return { type, body: data };
  });
}

describe('package decoders and the bytes of Pomelo', () => {
  it('are tested with every recorded buffer', () => {
    expect(pomelo).toHaveLength(17);
    expect(pomelo.filter(({ name }) => name in DEVIATIONS)).toHaveLength(Object.keys(DEVIATIONS).length);
  });

  it.each(pomelo)('read as a stream and as one WebSocket message: $name', (vector) => {
    const packages = pomeloPackages(vector);
    const deviation = DEVIATIONS[vector.name];
    expect(stream([vector.hex])).toEqual(deviation?.stream ?? { packages, refusal: undefined, waiting: 0 });
    expect(batch(vector.hex)).toEqual(deviation?.batch ?? { packages, refusal: undefined });
  });
});

describe('package decoders and the bytes of the Go servers', () => {
  const nanoDecode = go.nano_packet.filter(({ op }) => op !== 'encode');

  it('are tested with every recorded buffer', () => {
    const counts = [
      go.packet_decode.length,
      nanoDecode.length,
      go.stream_read.length,
      go.packet_string.length,
    ];
    expect(counts).toEqual([13, 3, 8, 3]);
  });

  it.each(go.packet_decode)('read the stream of $test', ({ in: hex, expect: expected }) => {
    const refusal = expected.error === undefined ? undefined : 'bad_type';
    expect(stream([hex])).toMatchObject({ packages: goPackages(expected.packets ?? []), refusal });
  });

  it.each(nanoDecode)('read the stream of $test', (vector) => {
    const packages =
      vector.expect.packets === undefined
        ? [{ type: vector.type, body: vector.data }]
        : goPackages(vector.expect.packets);
    expect(stream([vector.in ?? vector.expect.hex])).toEqual({ packages, refusal: undefined, waiting: 0 });
  });

  it.each(go.packet_string)('find again what was written of $expect_text', ({ type, data, expect_text }) => {
    const bytes = encodePackage(type as PackageType, fromHex(data));
    const packages = [{ type, body: data }];
    expect(stream([Buffer.from(bytes).toString('hex')])).toEqual({
      packages,
      refusal: undefined,
      waiting: 0,
    });
    expect(expect_text).toContain(`Type: ${type}, Length: ${bytes.length - 4}, `);
  });
});

/** What we do with each exchange of pitaya's acceptors; the end of a stream is the transport's to judge. */
const STREAMS: Readonly<Record<string, Outcome>> = {
  'pitaya acceptor TestGetNextMessageEOF': { packages: [], waiting: 5 },
  'pitaya acceptor TestGetNextMessageEmptyEOF': { packages: [], waiting: 0 },
  'pitaya acceptor TestGetNextMessageInParts': { packages: [{ type: 2, body: '010102' }], waiting: 0 },
  'pitaya acceptor TestWSGetNextMessage/invalid_header': { packages: [], refusal: 'bad_type' },
  'pitaya acceptor TestWSGetNextMessage/valid_message': { packages: [{ type: 2, body: '00' }] },
  'pitaya acceptor TestWSGetNextMessage/invalid_message': { packages: [], refusal: 'truncated' },
  'pitaya acceptor TestWSGetNextMessage/invalid_header (short)': { packages: [], refusal: 'truncated' },
  // pitaya refuses the second package of a WebSocket message; Pomelo's clients send and read several.
  'pitaya acceptor/ws_acceptor.go GetNextMessage (code, no test)': {
    packages: [
      { type: 1, body: '01' },
      { type: 1, body: 'ff' },
    ],
  },
};

describe('package decoders and the acceptors of pitaya', () => {
  it.each(go.stream_read)('give $test', ({ test, transport, chunks }) => {
    const outcome = transport === 'tcp' ? stream(chunks) : batch(chunks.join(''));
    expect(STREAMS[test]).toBeDefined();
    expect(outcome).toEqual(STREAMS[test]);
  });
});
