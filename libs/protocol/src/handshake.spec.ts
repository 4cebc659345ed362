import { equal } from 'node:assert/strict';
import * as fc from 'fast-check';
import { readVectors } from '../../../test/support/vectors.js';
import { readHandshakeRequest } from './handshake-reader.js';
import { detectDialect, HandshakeCode, type HandshakeRequest } from './handshake.js';
import { JsonRefusal } from './json-refusal.js';

interface LiveHandshake {
  readonly name: string;
  readonly request_text: string;
  readonly response_text: string;
}

const live = (readVectors('pomelo') as { live: { handshake: LiveHandshake[] } }).live.handshake;
const limits = { maxBytes: 16_384, maxDepth: 64 };

function read(text: string): HandshakeRequest | JsonRefusal {
  const bytes = new TextEncoder().encode(text);
  return readHandshakeRequest(bytes, 0, bytes.length, limits);
}

function accepted(text: string): HandshakeRequest {
  const request = read(text);
  if (request instanceof JsonRefusal) throw new Error(`refused: ${request.reason}`);
  return request;
}

describe('readHandshakeRequest', () => {
  it('is tested with every recorded handshake', () => {
    expect(live).toHaveLength(17);
  });

  it.each(live)('reads what Pomelo reads: $name', ({ name, request_text, response_text }) => {
    const { sys, ...rest } = JSON.parse(request_text) as { sys: unknown };
    const isRefused = name === 'no sys -> 500';
    expect(response_text === JSON.stringify({ code: HandshakeCode.Failed })).toBe(
      isRefused || name.startsWith('user callback error'),
    );
    expect(read(request_text)).toEqual(
      isRefused ? JsonRefusal.BadJson : { sys: sys === 1 ? {} : sys, ...rest },
    );
  });

  it.each([
    '{',
    'null',
    '1',
    '[]',
    '"sys"',
    '{}',
    '{"sys":null}',
    '{"sys":0}',
    '{"sys":""}',
    '\uFEFF{"sys":1}',
  ])('refuses %s, as Pomelo does', (text) => {
    expect(read(text)).toBe(JsonRefusal.BadJson);
  });

  it('refuses what is empty, too long or too deep', () => {
    expect(read('')).toBe(JsonRefusal.Empty);
    expect(read(`{"sys":1,"user":"${'x'.repeat(16_384)}"}`)).toBe(JsonRefusal.TooLarge);
    expect(read('['.repeat(10_000))).toBe(JsonRefusal.TooDeep);
  });

  it.each(['{"sys":true}', '{"sys":"x"}', '{"sys":[1]}', '{"sys":1}'])(
    'takes the sys of %s for an empty one',
    (text) => {
      expect(accepted(text).sys).toEqual({});
    },
  );

  it('drops keys that would reach a prototype', () => {
    const request = accepted('{"sys":{"__proto__":{"polluted":1},"type":"a"},"__proto__":{"user":1}}');
    expect(JSON.stringify(request)).toBe('{"sys":{"type":"a"}}');
  });

  it('leaves out what should be text and is not, and keeps everything else', () => {
    const request = accepted(
      '{"sys":{"type":1,"version":null,"platform":{},"libVersion":[],"protoVersion":0,"x":[1]},"y":2}',
    );
    expect(request).toEqual({ sys: { protoVersion: 0, x: [1] }, y: 2 });
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), (text) => {
        const request = read(`{"sys":${text}}`);
        const isAnswer = request instanceof JsonRefusal || typeof request.sys === 'object';
        equal(isAnswer, true);
      }),
    );
  });
});

describe('detectDialect', () => {
  it.each([
    ['pitaya', '{"platform":"mac","libVersion":"0.3.5","clientBuildNumber":"20","clientVersion":"2.1"}'],
    ['pomelo', '{"type":"js-websocket","version":"0.0.1","rsa":{},"protoVersion":0}'],
    ['pomelo', '{"platform":"mac"}'],
    ['pomelo', '{"platform":1,"libVersion":2}'],
    ['pomelo', '1'],
  ])('is %s for %s', (dialect, sys) => {
    expect(detectDialect(accepted(`{"sys":${sys}}`))).toBe(dialect);
  });
});
