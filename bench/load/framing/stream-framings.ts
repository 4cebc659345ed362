import type { Framing } from './framing.js';

/** Messages of one size, without anything around them. */
export function fixedFraming(bytes: number): Framing {
  return { wrap: (message) => message, lengthAt: () => bytes, headAt: () => 0 };
}

const POMELO_HEAD = 4;

/** Packages of Pomelo: a type, three bytes of length, a body. The message is the whole package. */
export const pomeloFraming: Framing = {
  wrap: (message) => message,
  lengthAt: (bytes, at, end) => (end - at < POMELO_HEAD ? 0 : POMELO_HEAD + bytes.readUIntBE(at + 1, 3)),
  headAt: () => 0,
};

const MYDOG_HEAD = 4;

/** Frames of mydog: four bytes of length, then a type and a payload. The message is the whole frame. */
export const mydogFraming: Framing = {
  wrap: (message) => message,
  lengthAt: (bytes, at, end) => (end - at < MYDOG_HEAD ? 0 : MYDOG_HEAD + bytes.readUInt32BE(at)),
  headAt: () => 0,
};
