/** Bytes of the count in the heartbeat of a client that may resume: an unsigned integer, the highest byte first. */
const COUNT_BYTES = 6;

/** `sys.resume` of a handshake request: this client can resume a session; with a token it wants to. An extension of this project. */
export interface ResumeRequest {
  /** Of the newest reply; absent in a first handshake. */
  readonly token?: string;
  /** Messages that the client has got in the session. */
  readonly received?: number;
}

/** `sys.resume` of a handshake reply. */
export interface ResumeReply {
  /** For the next handshake; good for one. */
  readonly token: string;
  /** The session goes on, and everything that either side has missed follows. */
  readonly recovered: boolean;
  /** Messages that the server has got in the session. */
  readonly received: number;
  /** Seconds for which the session is kept after its connection was lost. */
  readonly keep: number;
}

/** Reads `sys.resume` of a request; `undefined` for a client that cannot resume. */
export function readResumeRequest(resume: unknown): ResumeRequest | undefined {
  if (typeof resume !== 'object' || resume === null) return undefined;
  const { token, received } = resume as { token?: unknown; received?: unknown };
  return typeof token === 'string' && isCount(received) ? { token, received } : {};
}

/** Reads `sys.resume` of a reply; `undefined` from a server that does not keep sessions. */
export function readResumeReply(resume: unknown): ResumeReply | undefined {
  if (typeof resume !== 'object' || resume === null) return undefined;
  const { token, recovered, received, keep } = resume as Readonly<Record<string, unknown>>;
  if (typeof token !== 'string' || !isCount(received)) return undefined;
  return { token, recovered: recovered === true, received, keep: typeof keep === 'number' ? keep : 0 };
}

/** The body of the heartbeat of a client that may resume: how many messages it has got. */
export function writeReceivedCount(received: number): Uint8Array {
  const bytes = new Uint8Array(COUNT_BYTES);
  for (let index = COUNT_BYTES - 1, rest = received; index >= 0; index -= 1) {
    bytes[index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** Reads it; `undefined` when the heartbeat carries none. */
export function readReceivedCount(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== COUNT_BYTES) return undefined;
  let count = 0;
  for (let index = start; index < end; index += 1) count = count * 256 + (bytes[index] ?? 0);
  return count;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
