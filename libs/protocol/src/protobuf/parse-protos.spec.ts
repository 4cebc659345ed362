import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseProtos } from './parse-protos.js';
import type { ParsedProtos, ProtoSource } from './parsed-protos.js';
import { protosVersion } from './protos-version.js';

interface ParseVector {
  readonly source: ProtoSource;
  readonly parsed: ParsedProtos;
  readonly md5_base64_of_client_plus_server: {
    readonly clientProtos: ParsedProtos;
    readonly serverProtos: ParsedProtos;
    readonly version: string;
  };
}

const { protobuf_parse: vectors } = JSON.parse(
  readFileSync(new URL('../../../../test/vectors/pomelo.json', import.meta.url), 'utf8'),
) as { protobuf_parse: readonly ParseVector[] };

function md5Base64(text: string): string {
  return createHash('md5').update(text).digest('base64');
}

describe('the parsed form of a schema file', () => {
  it('has all 4 recorded schemas', () => {
    expect(vectors).toHaveLength(4);
  });

  it.each(vectors)('is the text that Pomelo sends: $source', ({ source, parsed }) => {
    expect(JSON.stringify(parseProtos(source))).toBe(JSON.stringify(parsed));
  });

  it.each(vectors)('has the version that Pomelo computes: $source', (vector) => {
    const { clientProtos, serverProtos, version } = vector.md5_base64_of_client_plus_server;
    expect(protosVersion(clientProtos, serverProtos, md5Base64)).toBe(version);
    expect(protosVersion(parseProtos(vector.source), parseProtos({}), md5Base64)).toBe(version);
  });

  it('skips types and fields that would replace a prototype', () => {
    const source = JSON.parse(`{
      "__proto__": {"required uInt32 a": 1},
      "m": {"__proto__": {"x": 1}, "required uInt32 __proto__": 1, "message __proto__": {}, "required uInt32 b": 1}
    }`) as ProtoSource;
    const parsed = parseProtos(source);
    expect(Object.keys(parsed)).toEqual(['m']);
    expect(JSON.stringify(parsed['m'])).toBe(
      '{"b":{"option":"required","type":"uInt32","tag":1},"__messages":{},"__tags":{"1":"b"}}',
    );
    expect(Object.getPrototypeOf(parsed['m'])).toBe(Object.prototype);
  });

  it.each([5, 'text', null, [], [{ a: 1 }]])(
    'takes %j in the place of a message as one without fields',
    (message) => {
      expect(parseProtos({ m: message })).toEqual({ m: { __messages: {}, __tags: {} } });
    },
  );
});
