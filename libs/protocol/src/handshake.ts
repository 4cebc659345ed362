import type { ParsedProtos } from './protobuf/parsed-protos.js';
import type { ResumeReply } from './resume.js';

/** The two dialects of the protocol: fields of the handshake, compression, error replies and kicks differ. */
export type Dialect = 'pomelo' | 'pitaya';

/** How a server answers a handshake (Pomelo 2.2.7). */
export const HandshakeCode = { Ok: 200, Failed: 500, OldClient: 501 } as const;
/** One of the three codes. */
export type HandshakeCode = (typeof HandshakeCode)[keyof typeof HandshakeCode];

/** What clients are known to say about themselves; everything else they send is there too. */
export interface HandshakeRequestSysFields {
  /** Kind of client (Pomelo). */
  readonly type?: string;
  /** Version of the client (Pomelo). */
  readonly version?: string;
  /** The protobuf schemas that the client has cached; a string, or 0 for none (Pomelo). */
  readonly protoVersion?: unknown;
  /** The route dictionary that the client has cached (Pomelo). */
  readonly dictVersion?: unknown;
  /** Public key for signed bodies: `rsa_n` in hexadecimal and `rsa_e` (Pomelo). */
  readonly rsa?: unknown;
  /** Operating system (pitaya). */
  readonly platform?: string;
  /** Version of the client library (pitaya). */
  readonly libVersion?: string;
  /** See {@link ResumeRequest}. An extension of this project. */
  readonly resume?: unknown;
  /** Build of the game (pitaya). */
  readonly clientBuildNumber?: unknown;
  /** Version of the game (pitaya). */
  readonly clientVersion?: unknown;
}

/** The `sys` part of a handshake request. */
export type HandshakeRequestSys = Readonly<Record<string, unknown>> & HandshakeRequestSysFields;

/** The body of a HANDSHAKE package from a client. */
export interface HandshakeRequest {
  readonly sys: HandshakeRequestSys;
  /** The application's own part. */
  readonly user?: unknown;
}

/** The `sys` part of a handshake reply. Clients depend on which fields come together: see Pomelo's `useDict`, `useProto`. */
export interface HandshakeReplySys {
  /** Seconds between heartbeats, an integer for pitaya clients; absent when there are none. */
  heartbeat?: number;
  /** Route to code, under the name that JavaScript, Unity and libpomelo clients read. */
  dict?: Readonly<Record<string, number>>;
  /** The same map, under the name that libpomelo2 reads. */
  routeToCode?: Readonly<Record<string, number>>;
  /** Code to route. */
  codeToRoute?: Readonly<Record<string, string>>;
  dictVersion?: string;
  /** The dictionary is in use, sent along or cached by the client. */
  useDict?: true;
  /** The schemas of both directions, named after who sends. */
  protos?: { server: ParsedProtos; client: ParsedProtos; version: string };
  /** The schemas are in use, sent along or cached by the client. */
  useProto?: true;
  /** How bodies are written (pitaya). */
  serializer?: 'json' | 'protobuf';
  /** For clients that can resume. An extension of this project. */
  resume?: ResumeReply;
}

/** The body of a HANDSHAKE package from a server; nothing but the code when the handshake failed. */
export interface HandshakeReplyBody {
  code: number;
  sys?: HandshakeReplySys;
  /** The application's own part. */
  user?: unknown;
}

/**
 * Which dialect a client speaks. Only libpitaya sends both `platform` and `libVersion`; other clients of pitaya servers,
 * nano among them, send Pomelo's fields and understand only Pomelo's dialect.
 */
export function detectDialect(request: HandshakeRequest): Dialect {
  const { platform, libVersion } = request.sys;
  return typeof platform === 'string' && typeof libVersion === 'string' ? 'pitaya' : 'pomelo';
}
