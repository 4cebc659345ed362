import { JsonRefusal, parseJson, ProtobufRefusal, type JsonLimits } from 'nestjs-pomelo-protocol';
import type { RejectReason } from '../../diagnostics.js';
import { pomeloError, type PomeloException } from '../../errors/pomelo.exception.js';
import { asBuffer } from '../as-buffer.js';
import { deserialize, UNREADABLE } from './pitaya-serializer.js';
import type { WireProfile } from './wire-profile.js';
import { zlibCompression } from './zlib-compression.js';

/** A body that could not be read, and what the request gets for it. */
export class BodyRefusal {
  constructor(
    readonly error: PomeloException,
    readonly reason: RejectReason,
  ) {}
}

/** A JSON body that another server reads. */
export class UndecodedBody {
  constructor(readonly bytes: Buffer) {}
}

/** Reads bodies within the limits. One object a connector. */
export class BodyDecoder {
  constructor(
    private readonly json: JsonLimits,
    private readonly inflatedBytes: number,
    private readonly isHosted: (route: string) => boolean,
  ) {}

  /** The value of the body that starts at `start`, an {@link UndecodedBody}, or a {@link BodyRefusal}. Never throws. */
  decode(
    profile: WireProfile,
    route: string,
    message: Uint8Array,
    start: number,
    compressed: boolean,
  ): unknown {
    if (!compressed) return this.read(profile, route, message, start);
    const inflated = zlibCompression.inflate(message.subarray(start), this.inflatedBytes);
    if (inflated === undefined)
      return new BodyRefusal(pomeloError('BODY_CODING', { limit: this.inflatedBytes }), 'bad_body');
    return this.read(profile, route, inflated, 0);
  }

  private read(profile: WireProfile, route: string, bytes: Uint8Array, start: number): unknown {
    if (profile.serializer !== undefined) {
      const body = deserialize(profile.serializer, route, asBuffer(bytes.subarray(start)));
      return body === UNREADABLE ? refusal('bad_protobuf') : body;
    }
    const schema = profile.protobuf?.inward;
    if (schema?.has(route) === true) {
      const body = schema.decode(route, bytes, start, bytes.length);
      return body instanceof ProtobufRefusal ? refusal(body.reason) : body;
    }
    // libpitaya sends no bytes at all for a request without arguments.
    if (start === bytes.length && profile.dialect === 'pitaya') return undefined;
    if (!this.isHosted(route)) return new UndecodedBody(Buffer.from(bytes.subarray(start)));
    const body = parseJson(bytes, start, bytes.length, this.json);
    return body instanceof JsonRefusal ? refusal(body.reason) : body;
  }
}

function refusal(detail: string): BodyRefusal {
  return new BodyRefusal(pomeloError('BAD_BODY', { detail }), 'bad_body');
}
