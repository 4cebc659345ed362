import { readVectors } from '../../support/vectors.js';

/** What the recorded server did with one input. */
export interface RecordedEdge {
  /** Packages: hex, then what they mean; long ones are cut and end with `...`. */
  readonly recv: readonly string[];
  readonly closed: false | readonly string[];
  /** Whether the connection answered a request afterwards; absent where that was not tried. */
  readonly usable?: boolean;
  readonly note?: string | boolean;
}

/** The recordings of the running server. */
export interface LiveVectors {
  readonly dictionary: { readonly dict: Readonly<Record<string, number>>; readonly dictVersion: string };
  readonly handshake: readonly {
    readonly name: string;
    readonly transport: string;
    readonly server: number;
    readonly request_hex: string;
    readonly response_hex: string;
    readonly closed_by_server: boolean;
  }[];
  readonly data_with_dict_and_protobuf: readonly {
    readonly name: string;
    readonly sent_hex: string;
    readonly received: readonly { readonly hex: string }[];
    readonly connectionUsableAfter?: boolean;
  }[];
  readonly buffer_scheduler: readonly {
    readonly transport: string;
    readonly wsFrames: number;
    readonly packages: readonly { readonly hex: string }[];
  }[];
  readonly heartbeat: readonly { readonly name: string; readonly hex: string }[];
  readonly kick: readonly {
    readonly name: string;
    readonly received: readonly string[];
    readonly closed: readonly string[];
  }[];
  readonly invalid_and_edge_inputs: Readonly<Record<string, RecordedEdge>>;
}

/** `live` of the vectors. */
export const live = (readVectors('pomelo') as { readonly live: LiveVectors }).live;

/** The hex of recorded packages, joined. */
export function recordedHex(packages: readonly string[]): string {
  return packages.map((text) => text.split(' ')[0]).join('');
}
