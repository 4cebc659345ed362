import fc from 'fast-check';
import { batchedBytes, joinFrames, splitFrames } from './frame-batch.js';

function split(bytes: Uint8Array): { readonly frames: Buffer[]; readonly isWhole: boolean } {
  const frames: Buffer[] = [];
  const isWhole = splitFrames(bytes, (batch, start, end) =>
    frames.push(Buffer.from(batch.subarray(start, end))),
  );
  return { frames, isWhole };
}

describe('a batch of frames', () => {
  it('gives back every frame, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (frames) => {
        const bytes = frames.reduce((sum, frame) => sum + batchedBytes(frame), 0);
        const { frames: got, isWhole } = split(joinFrames(frames, bytes));
        expect(isWhole).toBe(true);
        expect(got).toEqual(frames.map((frame) => Buffer.from(frame)));
      }),
    );
  });

  it('is refused when it is cut anywhere but between frames', () => {
    const frames = [Buffer.from('one'), Buffer.alloc(0), Buffer.from('three')];
    const batch = joinFrames(frames, 4 * 3 + 8);
    const ends = new Set([0, 7, 11, 20]);
    for (let length = 0; length <= batch.length; length += 1)
      expect(split(batch.subarray(0, length)).isWhole).toBe(ends.has(length));
  });

  it('never throws and never reads beyond its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        const { frames } = split(bytes);
        const visited = frames.reduce((sum, frame) => sum + batchedBytes(frame), 0);
        expect(visited).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});
