import { readFileSync } from 'node:fs';
import { parseProtos } from './parse-protos.js';
import type { ProtoSource } from './parsed-protos.js';
import { ProtobufRefusal } from './protobuf-refusal.js';
import { ProtobufSchema } from './protobuf-schema.js';

const ROUTE = 'connector.echoHandler.proto';

function conformanceSchema(file: string): ProtobufSchema {
  const url = new URL(`../../../../test/vectors/conformance/${file}`, import.meta.url);
  return new ProtobufSchema(parseProtos(JSON.parse(readFileSync(url, 'utf8')) as ProtoSource));
}

const client = conformanceSchema('clientProtos.json');
const server = conformanceSchema('serverProtos.json');

const BODY = {
  u: 2 ** 40,
  s: -5,
  i: -(2 ** 40),
  f: 0.5,
  d: 0.1,
  str: '你好 😀',
  item: { id: 1, name: 'a' },
  us: [1, 2, 300],
  items: [{ id: 1 }, { id: 2, name: 'b' }],
  strs: ['', 'x'],
};

describe('the schemas of the conformance server', () => {
  it.each([
    [client, ROUTE, BODY],
    [client, 'connector.echoHandler.protoIn', BODY],
    [server, ROUTE, BODY],
    [server, 'onPush', { seq: 1, data: 'x' }],
    [server, 'onBroadcast', { from: 'a', msg: 'b' }],
  ])('carry bodies there and back: %#', (protos, route, body) => {
    const bytes = protos.encode(route, body);
    expect(protos.decode(route, bytes, 0, bytes.length)).toEqual(body);
  });

  it('carry a body of optional fields in no bytes', () => {
    expect(server.encode(ROUTE, {})).toHaveLength(0);
    expect(server.decode(ROUTE, new Uint8Array(0), 0, 0)).toEqual({});
  });
});

describe('hostile bodies', () => {
  it.each([
    ['a string of 4 GB in one byte', '32ffffffff0f61', 'truncated'],
    ['a message of 4 GB in one byte', '3affffffff0f61', 'truncated'],
    ['4 billion elements in one byte', '42ffffffff0f61', 'truncated'],
    ['a length of 2^53-1', '32ffffffffffffff0f', 'truncated'],
    ['a varint without end', '08' + 'ff'.repeat(5000), 'bad_varint'],
    ['a varint of 9 bytes', '08' + '80'.repeat(8) + '00', 'bad_varint'],
    ['a varint of 2^53', '08' + '80'.repeat(7) + '10', 'bad_varint'],
    ['half a float', '2500', 'truncated'],
    ['half a double', '2900', 'truncated'],
    ['half a key', '80', 'truncated'],
    ['a varint that ends with the body', '0880', 'truncated'],
    ['a nested message that reads on behind its end', '3a02088001', 'truncated'],
    ['a nested message longer than the one around it', '3a0408011209', 'truncated'],
    ['unknown tags', 'f8ff0301'.repeat(2000), 'bad_tag'],
    ['tag 0', '0000', 'bad_tag'],
    ['a key beyond 32 bits that wraps to tag 1', '888080801001', 'bad_tag'],
    ['nested bytes of no schema', '3a7f'.repeat(2000), 'bad_tag'],
    ['200 000 elements', '4a020801'.repeat(200_000), 'too_many_elements'],
    ['a nested message without its required field', '3a00', 'missing_required'],
  ])('are refused: %s', (_, hex, reason) => {
    const bytes = Buffer.from(hex, 'hex');
    const refusal = client.decode(ROUTE, bytes, 0, bytes.length);
    expect(refusal instanceof ProtobufRefusal ? refusal.reason : refusal).toBe(reason);
  });

  it.each([
    ['wire type 7', '0f01', { u: 1 }],
    ['one field for ever', '0b'.repeat(5000), { u: 11 }],
    ['a padded varint', '0881808000', { u: 1 }],
  ])('are read where the schema allows them: %s', (_, hex, body) => {
    const bytes = Buffer.from(hex, 'hex');
    expect(client.decode(ROUTE, bytes, 0, bytes.length)).toEqual(body);
  });
});
