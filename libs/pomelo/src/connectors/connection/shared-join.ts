import { frameHeaderBytes, writeFrameHeader } from '../../edge/ws-frame.js';

type Join = (first: Buffer, rest: readonly Buffer[] | undefined, payloadBytes: number) => Buffer;

/** Packages as the bytes of one write. Those of the write before are made once: a push to a channel is the same for all. */
export class SharedJoin {
  private first: Buffer | undefined = undefined;
  private rest: readonly Buffer[] | undefined = undefined;
  private joined: Buffer | undefined = undefined;

  constructor(private readonly join: Join) {}

  /** The bytes of packages, `payloadBytes` in all; nobody may write to them. */
  of(first: Buffer, rest: readonly Buffer[] | undefined, payloadBytes: number): Buffer {
    const { joined } = this;
    if (first === this.first && joined !== undefined && areSame(rest, this.rest)) return joined;
    const made = this.join(first, rest, payloadBytes);
    this.first = first;
    this.rest = rest;
    this.joined = made;
    return made;
  }

  /** Lets the bytes go. */
  forget(): void {
    this.first = undefined;
    this.rest = undefined;
    this.joined = undefined;
  }
}

function areSame(some: readonly Buffer[] | undefined, others: readonly Buffer[] | undefined): boolean {
  if (some === undefined || others === undefined) return some === others;
  return some.length === others.length && some.every((one, index) => one === others[index]);
}

/** Several packages as the bytes of one. */
export function join(first: Buffer, rest: readonly Buffer[] | undefined, bytes: number): Buffer {
  return rest === undefined ? first : Buffer.concat([first, ...rest], bytes);
}

/** Packages in one WebSocket frame. */
export function joinInFrame(first: Buffer, rest: readonly Buffer[] | undefined, bytes: number): Buffer {
  return joinFrames(join(first, rest, bytes), undefined, bytes);
}

/** Packages in WebSocket frames, one each. */
export function joinFrames(first: Buffer, rest: readonly Buffer[] | undefined, payloadBytes: number): Buffer {
  let size = payloadBytes + frameHeaderBytes(first.length);
  if (rest !== undefined) for (const bytes of rest) size += frameHeaderBytes(bytes.length);
  const joined = Buffer.allocUnsafe(size);
  let offset = appendFrame(joined, 0, first);
  if (rest !== undefined) for (const bytes of rest) offset = appendFrame(joined, offset, bytes);
  return joined;
}

function appendFrame(target: Buffer, offset: number, payload: Buffer): number {
  const start = writeFrameHeader(target, offset, payload.length);
  target.set(payload, start);
  return start + payload.length;
}
