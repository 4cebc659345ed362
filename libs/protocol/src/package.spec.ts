import { fromHex, readVectors, toHex } from '../../../test/support/vectors.js';
import { ProtocolError } from './errors.js';
import {
  encodePackage,
  HANDSHAKE_ACK_PACKAGE,
  HEARTBEAT_PACKAGE,
  MAX_PACKAGE_BODY_BYTES,
  PackageType,
  writePackageHead,
} from './package.js';

interface PomeloVector {
  readonly name: string;
  readonly type: number;
  readonly body_hex?: string | null;
  readonly hex?: string;
  readonly body_length?: number;
  readonly head_hex?: string;
  readonly total_length?: number;
}

interface PitayaVector {
  readonly test: string;
  readonly op?: string;
  readonly type: number;
  readonly data?: string;
  readonly data_zero_bytes?: number;
  readonly expect: { readonly hex?: string; readonly error?: string };
}

const pomelo = (readVectors('pomelo') as { package_encode: PomeloVector[] }).package_encode;
const pitaya = readVectors('pitaya') as { packet_encode: PitayaVector[]; nano_packet: PitayaVector[] };
const pitayaEncode = [...pitaya.packet_encode, ...pitaya.nano_packet.filter(({ op }) => op !== 'decode')];

/** Where Pomelo writes a package that no reader understands, we throw. */
const DEVIATIONS: Readonly<Record<string, { readonly error: string; readonly why: string }>> = {
  'type 0': { error: 'BAD_PACKAGE_TYPE', why: 'every decoder refuses it' },
  'type 255': { error: 'BAD_PACKAGE_TYPE', why: 'every decoder refuses it' },
  'type 256 wraps to 0': { error: 'BAD_PACKAGE_TYPE', why: 'every decoder refuses it' },
  'body of 16777216 zero bytes (head only listed)': {
    error: 'PACKAGE_TOO_BIG',
    why: 'the length wraps to 0',
  },
  'body of 16777217 zero bytes (head only listed)': {
    error: 'PACKAGE_TOO_BIG',
    why: 'the length wraps to 1',
  },
};

/** What the Go servers say, and the code of our error. */
const GO_ERRORS: Readonly<Record<string, string>> = {
  'wrong packet type': 'BAD_PACKAGE_TYPE',
  'codec: packet size exceed': 'PACKAGE_TOO_BIG',
};

/** The boundary at which vectors bring types that the compiler would refuse. */
function encode(type: number, body: Uint8Array | undefined): Uint8Array {
  return encodePackage(type as PackageType, body);
}

function encodeOrCode(type: number, body: Uint8Array | undefined): string {
  try {
    return toHex(encode(type, body));
  } catch (error) {
    return error instanceof ProtocolError ? error.code : String(error);
  }
}

describe('encodePackage', () => {
  it('is tested with every recorded package', () => {
    expect([pomelo.length, pitayaEncode.length]).toEqual([19, 7]);
    expect(pomelo.filter(({ name }) => name in DEVIATIONS)).toHaveLength(Object.keys(DEVIATIONS).length);
  });

  it.each(pomelo.filter(({ name }) => name in DEVIATIONS))('refuses what Pomelo garbles: $name', (vector) => {
    const body = new Uint8Array(vector.body_length ?? 0);
    expect(encodeOrCode(vector.type, body)).toBe(DEVIATIONS[vector.name]?.error);
  });

  it.each(pomelo.filter(({ name, hex }) => !(name in DEVIATIONS) && hex !== undefined))(
    'writes the bytes that Pomelo writes: $name',
    ({ type, body_hex, hex }) => {
      const body = typeof body_hex === 'string' ? fromHex(body_hex) : undefined;
      expect(encodeOrCode(type, body)).toBe(hex);
    },
  );

  it.each(pomelo.filter(({ name, hex }) => !(name in DEVIATIONS) && hex === undefined))(
    'writes the head that Pomelo writes: $name',
    ({ type, body_length, head_hex, total_length }) => {
      const bytes = encode(type, new Uint8Array(body_length ?? 0));
      expect([toHex(bytes.subarray(0, 4)), bytes.length]).toEqual([head_hex, total_length]);
    },
  );

  it.each(pitayaEncode)(
    'agrees with the Go servers: $test',
    ({ type, data, data_zero_bytes, expect: expected }) => {
      const body = data_zero_bytes === undefined ? fromHex(data) : new Uint8Array(data_zero_bytes);
      const code = GO_ERRORS[expected.error ?? ''];
      expect(encodeOrCode(type, body)).toBe(code ?? expected.hex);
    },
  );

  it('refuses the body of 2^24 bytes that pitaya lets wrap around', () => {
    const body = new Uint8Array(MAX_PACKAGE_BODY_BYTES + 1);
    expect(encodeOrCode(PackageType.Data, body)).toBe('PACKAGE_TOO_BIG');
  });

  it('makes the shared packages of the handshake and the heartbeat', () => {
    expect([toHex(HANDSHAKE_ACK_PACKAGE), toHex(HEARTBEAT_PACKAGE)]).toEqual(['02000000', '03000000']);
  });
});

describe('writePackageHead', () => {
  it('writes four bytes at the offset and touches no others', () => {
    const target = new Uint8Array(8).fill(0xee);
    writePackageHead(target, 2, PackageType.Data, 0x010203);
    expect(toHex(target)).toBe('eeee04010203eeee');
  });

  it('names the type that does not exist', () => {
    expect(() => writePackageHead(new Uint8Array(4), 0, 1.5 as PackageType, 0)).toThrow(
      'Package type 1.5 does not exist',
    );
  });
});
