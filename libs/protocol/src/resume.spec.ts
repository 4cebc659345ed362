import { equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { readReceivedCount, readResumeReply, readResumeRequest, writeReceivedCount } from './resume.js';

describe('the count in a heartbeat', () => {
  it('comes back as it was written, wherever it lies', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(9), (count, offset) => {
        const written = writeReceivedCount(count);
        const bytes = new Uint8Array(offset + written.length);
        bytes.set(written, offset);
        equal(readReceivedCount(bytes, offset, bytes.length), count);
      }),
    );
  });

  it('is absent from the heartbeats of every other client, and no other bytes are taken for one', () => {
    equal(readReceivedCount(new Uint8Array(0), 0, 0), undefined);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const count = readReceivedCount(bytes, 0, bytes.length);
        equal(count === undefined || Number.isSafeInteger(count), true);
      }),
    );
  });
});

describe('sys.resume', () => {
  it('of a request never fails: a client that writes nonsense starts anew', () => {
    expect(readResumeRequest(undefined)).toBeUndefined();
    expect(readResumeRequest('a token')).toBeUndefined();
    expect(readResumeRequest({})).toEqual({});
    expect(readResumeRequest({ token: 'x', received: -1 })).toEqual({});
    expect(readResumeRequest({ token: 1, received: 1 })).toEqual({});
    expect(readResumeRequest({ token: 'x', received: 7 })).toEqual({ token: 'x', received: 7 });
  });

  it('of a reply counts only when it is whole', () => {
    expect(readResumeReply(true)).toBeUndefined();
    expect(readResumeReply({ token: 'x' })).toBeUndefined();
    expect(readResumeReply({ token: 'x', received: 0.5 })).toBeUndefined();
    const reply = { token: 'x', received: 3, recovered: true, keep: 60 };
    expect(readResumeReply(reply)).toEqual(reply);
  });
});
