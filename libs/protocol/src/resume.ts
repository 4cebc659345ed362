import { utf8Decode, utf8Encode } from './text.js';

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
  const reply = resume as Partial<ResumeReply> | null | undefined;
  return typeof reply?.token === 'string' && isCount(reply.received) ? (reply as ResumeReply) : undefined;
}

/** The body of a heartbeat between two that may resume, in decimal digits: how many messages have come. */
export function writeReceivedCount(received: number): Uint8Array {
  return utf8Encode(String(received));
}

/** Reads it; `undefined` when the heartbeat carries none. */
export function readReceivedCount(bytes: Uint8Array, start: number, end: number): number | undefined {
  const count = start < end ? Number(utf8Decode(bytes, start, end)) : NaN;
  return isCount(count) ? count : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
