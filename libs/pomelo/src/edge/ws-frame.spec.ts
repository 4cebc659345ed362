import { frameHeaderBytes, writeFrameHeader } from './ws-frame.js';

describe('the header of a WebSocket frame', () => {
  it.each([
    [0, '8200'],
    [125, '827d'],
    [126, '827e007e'],
    [65_535, '827effff'],
    [65_536, '827f0000000000010000'],
    [2 ** 32 + 5, '827f0000000100000005'],
  ])('of %d bytes is what RFC 6455 says', (payloadBytes, hex) => {
    const target = Buffer.alloc(12, 0xee);
    const end = writeFrameHeader(target, 1, payloadBytes);
    expect(target.subarray(1, end).toString('hex')).toBe(hex);
    expect(end - 1).toBe(frameHeaderBytes(payloadBytes));
    expect([target[0], target[end]]).toEqual([0xee, 0xee]);
  });
});
