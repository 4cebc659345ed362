import type { Dialect, RouteDictionary } from 'nestjs-pomelo-protocol';
import type { PitayaSerializer } from './pitaya-serializer.js';
import type { ProtobufGeneration } from './protobuf-schemas.js';

/**
 * What a client understands. Clients with the same profile object get the same bytes, and keep their profile when the
 * schemas change.
 */
export interface WireProfile {
  readonly dialect: Dialect;
  /** Routes that may travel as codes from the client. */
  readonly inwardDictionary: RouteDictionary | undefined;
  /** Routes that travel as codes to the client: never in the pitaya family, whose clients crash on them. */
  readonly outwardDictionary: RouteDictionary | undefined;
  readonly protobuf: ProtobufGeneration | undefined;
  /** Writes and reads all bodies, in the pitaya family alone. */
  readonly serializer: PitayaSerializer | undefined;
  /** Bodies of at least this many bytes are compressed. */
  readonly compressFrom: number;
}

/** The profiles of one generation of dictionary and schemas. */
export class WireProfiles {
  readonly pomelo: WireProfile;
  readonly pitaya: WireProfile;
  /** For pitaya clients that have sent a compressed body. */
  readonly pitayaCompressed: WireProfile;

  constructor(
    dictionary: RouteDictionary | undefined,
    protobuf: ProtobufGeneration | undefined,
    compressFrom: number,
    serializer?: PitayaSerializer,
  ) {
    const shared = { inwardDictionary: dictionary, compressFrom: Infinity };
    this.pomelo = {
      ...shared,
      dialect: 'pomelo',
      outwardDictionary: dictionary,
      protobuf,
      serializer: undefined,
    };
    this.pitaya = {
      ...shared,
      dialect: 'pitaya',
      outwardDictionary: undefined,
      protobuf: undefined,
      serializer,
    };
    this.pitayaCompressed = { ...this.pitaya, compressFrom };
  }

  of(dialect: Dialect): WireProfile {
    return dialect === 'pitaya' ? this.pitaya : this.pomelo;
  }
}

/** The profile of a client that has sent a compressed body. */
export function compressedProfile(
  { pitaya, pitayaCompressed }: WireProfiles,
  profile: WireProfile,
): WireProfile {
  return profile === pitaya ? pitayaCompressed : profile;
}
