import fc from 'fast-check';
import { FrameStream, type FrameHead } from './frame-stream.js';

/** One byte says how many more follow; none is a lie. */
const head: FrameHead = {
  headBytes: 1,
  minBytes: 2,
  frameBytes: (source, start) => 1 + (source[start] ?? 0),
};

class Frames {
  readonly frames: string[] = [];
  constructor(private readonly stopAfter = Infinity) {}
  onFrame(frame: Buffer): boolean {
    this.frames.push(frame.toString('hex'));
    return this.frames.length < this.stopAfter;
  }
}

function frame(body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([body.length]), body]);
}

describe('a stream of frames', () => {
  it('gives the same frames however it is cut', () => {
    const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 30 })), (given, cuts) => {
        const bytes = Buffer.concat(given.map(frame));
        const sink = new Frames();
        const stream = new FrameStream(head, 256);
        let at = 0;
        for (const cut of [...cuts, bytes.length + 1]) {
          expect(stream.push(bytes.subarray(at, at + cut), sink)).toBeUndefined();
          at += cut;
        }
        expect(sink.frames).toEqual(given.map((body) => frame(body).toString('hex')));
        expect(stream.isEmpty).toBe(true);
      }),
    );
  });

  it('refuses a frame that is too long on its head, and takes one that is just not', () => {
    const sink = new Frames();
    expect(new FrameStream(head, 4).push(Buffer.from('03aabbcc', 'hex'), sink)).toBeUndefined();
    expect(new FrameStream(head, 4).push(Buffer.from('04', 'hex'), sink)).toBe('oversize');
    expect(sink.frames).toEqual(['03aabbcc']);
  });

  it('refuses a frame that is shorter than any', () => {
    expect(new FrameStream(head, 4).push(Buffer.from('00', 'hex'), new Frames())).toBe('truncated');
  });

  it('gives nothing more when the frames are not wanted any longer', () => {
    const sink = new Frames(1);
    new FrameStream(head, 9).push(Buffer.from('01aa01bb', 'hex'), sink);
    expect(sink.frames).toEqual(['01aa']);
  });

  it('keeps no memory that it was given', () => {
    const stream = new FrameStream(head, 9);
    const sink = new Frames();
    const first = Buffer.from('03aa', 'hex');
    stream.push(first, sink);
    first.fill(0);
    stream.push(Buffer.from('bbcc', 'hex'), sink);
    expect(sink.frames).toEqual(['03aabbcc']);
  });
});
