import { deepEqual, equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { readReceivedCount, readResumeReply, readResumeRequest, writeReceivedCount } from './resume.js';

describe('the count in a heartbeat', () => {
  it('comes back as it was written, wherever it lies', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.nat(9), (value, offset) => {
        const count = value % 2 ** 48;
        const bytes = new Uint8Array(offset + 6);
        bytes.set(writeReceivedCount(count), offset);
        equal(readReceivedCount(bytes, offset, offset + 6), count);
      }),
    );
  });

  it('is absent from the heartbeats of every other client', () => {
    equal(readReceivedCount(new Uint8Array(0), 0, 0), undefined);
    equal(readReceivedCount(new Uint8Array(7), 0, 7), undefined);
  });
});

describe('sys.resume', () => {
  it('of a request never fails: a client that writes nonsense starts anew', () => {
    equal(readResumeRequest(undefined), undefined);
    equal(readResumeRequest('a token'), undefined);
    deepEqual(readResumeRequest({}), {});
    deepEqual(readResumeRequest({ token: 'x', received: -1 }), {});
    deepEqual(readResumeRequest({ token: 1, received: 1 }), {});
    deepEqual(readResumeRequest({ token: 'x', received: 7 }), { token: 'x', received: 7 });
  });

  it('of a reply counts only when it is whole', () => {
    equal(readResumeReply(true), undefined);
    equal(readResumeReply({ token: 'x' }), undefined);
    deepEqual(readResumeReply({ token: 'x', received: 3, recovered: true, keep: 60 }), {
      token: 'x',
      received: 3,
      recovered: true,
      keep: 60,
    });
  });
});
