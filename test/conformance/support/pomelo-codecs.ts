import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A message as `pomelo-protocol` reads it. */
export interface DecodedMessage {
  readonly id: number;
  readonly type: number;
  readonly compressRoute: number;
  readonly route: string | number | null;
  readonly body: Buffer;
}

/** The parts of `pomelo-protocol` that a client needs; it has no types of its own. */
interface PomeloProtocol {
  readonly Package: {
    encode(type: number, body?: Buffer | null): Buffer;
    decode(bytes: Buffer): { readonly type: number; readonly body: Buffer | null };
  };
  readonly Message: {
    encode(
      id: number,
      type: number,
      compressRoute: 0 | 1,
      route: string | number,
      body: Buffer | null,
    ): Buffer;
    decode(bytes: Buffer): DecodedMessage;
  };
  strencode(text: string): Buffer;
  strdecode(bytes: Buffer): string;
}

/** The parts of `pomelo-protobuf`, in its form for Node; it keeps its schemas in the module. */
interface PomeloProtobuf {
  init(protos: { readonly encoderProtos: unknown; readonly decoderProtos: unknown }): void;
  encode(route: string, body: unknown): Buffer | null;
  decode(route: string, bytes: Buffer): unknown;
}

export const protocol = require('pomelo-protocol') as PomeloProtocol;
export const protobuf = require('pomelo-protobuf') as PomeloProtobuf;
