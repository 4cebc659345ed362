import * as fc from 'fast-check';
import protobuf from 'protobufjs';
import { encodePitayaError } from './pitaya-error.js';

const PitayaError = protobuf
  .parse(
    'syntax = "proto3"; message Error { string code = 1; string msg = 2; map<string, string> metadata = 3; }',
  )
  .root.lookupType('Error');

const decode = (bytes: Uint8Array): unknown =>
  PitayaError.toObject(PitayaError.decode(bytes), { defaults: true, objects: true });
const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const key = text.filter((name) => name !== '__proto__');

describe('an error in protobuf', () => {
  it('is read by protobuf libraries as it was written', () => {
    fc.assert(
      fc.property(text, text, fc.dictionary(key, text, { noNullPrototype: true }), (code, msg, metadata) => {
        expect(decode(encodePitayaError({ code, msg, metadata }))).toEqual({ code, msg, metadata });
      }),
    );
  });

  it('has metadata as text: other values as JSON, and nothing for what JSON cannot say', () => {
    const metadata = { a: 1, b: [true], c: null, d: 'x', e: undefined };
    expect(decode(encodePitayaError({ code: 'PIT-400', msg: '', metadata }))).toEqual({
      code: 'PIT-400',
      msg: '',
      metadata: { a: '1', b: '[true]', c: 'null', d: 'x', e: '' },
    });
  });

  it('needs no metadata', () => {
    expect(encodePitayaError({ code: 'PIT-500', msg: 'x' }).toString('hex')).toBe('0a075049542d353030120178');
  });
});
