import fc from 'fast-check';
import { openEnvelope, senderPrefix } from './envelope.js';

const NAME = /^[\w-]{1,64}$/;
const peer = fc.record({
  id: fc.stringMatching(NAME),
  inc: fc.stringMatching(NAME),
  role: fc.array(fc.stringMatching(NAME), { maxLength: 20 }).map((types) => types.join('+')),
});

describe('a message', () => {
  it('names its sender and keeps its bytes', () => {
    fc.assert(
      fc.property(peer, fc.uint8Array({ maxLength: 300 }), (from, bytes) => {
        const opened = openEnvelope(Buffer.concat([senderPrefix(from), bytes]));
        expect(opened).toEqual({ from, bytes: Buffer.from(bytes) });
      }),
    );
  });

  it('of somebody who is no server is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        const message = Buffer.from(bytes);
        const opened = openEnvelope(message);
        if (opened === undefined) return;
        expect(Buffer.concat([senderPrefix(opened.from), opened.bytes])).toEqual(message);
      }),
    );
    for (const text of ['', 'x', '\0\x05a.b', '\0\x03a.b', '\0\x04.b.c', '\0\0rest', '\uffff'])
      expect(openEnvelope(Buffer.from(text))).toBeUndefined();
  });
});
