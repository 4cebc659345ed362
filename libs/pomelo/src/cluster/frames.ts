import { Packr } from 'msgpackr';
import { describeError } from '../errors/describe-error.js';
import { RemoteException } from '../errors/remote.exception.js';

/** What travels with a call beside its arguments: trace ids, user metadata. */
export type FrameContext = Readonly<Record<string, string>>;

/** Asks a remote method; `budgetMs` is how long the caller still waits. */
export type RequestFrame = readonly [
  kind: 'req',
  callId: number,
  method: string,
  budgetMs: number,
  args: readonly unknown[],
  context?: FrameContext,
];
/** The result of a call. */
export type ResultFrame = readonly [kind: 'res', callId: number, value: unknown];
/** What a remote threw: `deliberate` errors travel with their message, others only say that they failed. */
export type ErrorFrame = readonly [
  kind: 'err',
  callId: number,
  deliberate: boolean,
  code: number,
  message: string,
  reason: string | undefined,
  data: Readonly<Record<string, unknown>> | undefined,
];
/** A call that nobody waits for. */
export type NotifyFrame = readonly [
  kind: 'notify',
  method: string,
  args: readonly unknown[],
  context?: FrameContext,
];
/** What servers say to each other. */
export type Frame = RequestFrame | ResultFrame | ErrorFrame | NotifyFrame;

// Records are off: their structure state would depend on the peer. Buffers are copied: what is decoded outlives its batch.
const codec = new Packr({ useRecords: false, moreTypes: true, copyBuffers: true });

/** Encodes a frame. Throws `REMOTE_ARGUMENTS` for values that cannot travel (functions, cycles beyond the codec). */
export function encodeFrame(frame: Frame, method: string): Uint8Array {
  try {
    return codec.pack(frame);
  } catch (error) {
    throw new RemoteException('REMOTE_ARGUMENTS', {
      method,
      detail: describeError(error),
    });
  }
}

/** Where the codec reads; one object, because reading is synchronous. */
const range = { start: 0, end: 0 };

/** Decodes a frame of a peer, from `start` to `end` of its batch; `undefined` when it is none. */
export function decodeFrame(batch: Uint8Array, start: number, end: number): Frame | undefined {
  if (start === end) return undefined;
  range.start = start;
  range.end = end;
  try {
    const frame: unknown = codec.unpack(batch, range);
    return Array.isArray(frame) && typeof frame[0] === 'string' ? (frame as unknown as Frame) : undefined;
  } catch {
    return undefined;
  }
}
