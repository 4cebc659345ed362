import fc from 'fast-check';
import type { PackCodec } from './gate-hooks.interface.js';
import { MAX_PACK_BYTES, packOf, PLAIN_CODEC } from './gate-packs.js';
import { encryptedCodec } from './pack-encryption.js';

const topic = fc.string({ unit: 'grapheme', maxLength: 20 });
const bytes = fc.uint8Array({ maxLength: 300 }).map((given) => Buffer.from(given));

const CODECS: [string, PackCodec][] = [
  ['plain', PLAIN_CODEC],
  ['encrypted as in v1.1', encryptedCodec('any key', 'v1.1')],
  ['encrypted as in v1.2', encryptedCodec('0123456789abcdef', 'v1.2')],
];

describe.each(CODECS)('a pack, %s', (_name, codec) => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(topic, bytes, (name, body) => {
        const pack = codec.decodePack(Buffer.from(codec.encodePack(name, body)));
        expect(pack).toEqual({ topic: name, body });
      }),
    );
  });

  it('throws nothing at who sends other bytes', () => {
    fc.assert(
      fc.property(bytes, (payload) => {
        expect(() => codec.decodePack(payload)).not.toThrow();
      }),
    );
  });
});

describe.each(CODECS.slice(1))('a pack, %s', (_name, codec) => {
  it('is none when it was written by somebody without the key', () => {
    fc.assert(
      fc.property(bytes, (payload) => {
        expect(codec.decodePack(payload)).toBeUndefined();
      }),
    );
  });
});

describe('a pack that is too large to say so', () => {
  it('is an error, and one that is just not is written', () => {
    const most = MAX_PACK_BYTES - 4 - 1;
    expect(packOf('t', PLAIN_CODEC.encodePack('t', Buffer.alloc(most)))).toHaveLength(MAX_PACK_BYTES);
    const larger = [
      () => PLAIN_CODEC.encodePack('t', Buffer.alloc(most + 1)),
      () => PLAIN_CODEC.encodePack('t'.repeat(70_000), Buffer.alloc(0)),
      () => packOf('t', Buffer.alloc(MAX_PACK_BYTES - 1)),
    ];
    for (const write of larger) expect(write).toThrow('65535 are the most');
  });
});
