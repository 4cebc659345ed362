import { deepEqual, equal, ok } from 'node:assert/strict';
import * as fc from 'fast-check';
import { fromHex, toHex } from '../../../test/support/vectors.js';
import { decodeMessageHead, MessageHead } from './message-decoder.js';
import {
  encodeMessage,
  messageHeadByteLength,
  writeMessageHead,
  type MessageHeadFields,
} from './message-encoder.js';
import { MessageType } from './message.js';

const route = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 63 }),
  fc.integer({ min: 0, max: 0xffff }),
  fc.constant('connector.entryHandler.enter'),
);

const message: fc.Arbitrary<Required<MessageHeadFields>> = fc.record({
  type: fc.constantFrom(...Object.values(MessageType)),
  id: fc.oneof(fc.nat(300), fc.integer({ min: 2 ** 28, max: 2 ** 33 }), fc.maxSafeNat()),
  route,
  compressedBody: fc.boolean(),
  error: fc.boolean(),
});

function read(bytes: Uint8Array, start = 0, end = bytes.length): MessageHead | string {
  const head = new MessageHead();
  return decodeMessageHead(bytes, start, end, head) ?? head;
}

function expectedHead(fields: Required<MessageHeadFields>, bodyStart: number): object {
  const isResponse = fields.type === MessageType.Response;
  const code = typeof fields.route === 'number' && !isResponse ? fields.route : -1;
  const hasId = isResponse || fields.type === MessageType.Request;
  const text = typeof fields.route === 'string' && !isResponse ? fields.route : '';
  return {
    type: fields.type,
    id: hasId ? fields.id : 0,
    route: text,
    routeCode: code,
    compressedBody: fields.compressedBody,
    error: fields.error,
    bodyStart,
  };
}

describe('messages', () => {
  it('are read as they were written, wherever they lie', () => {
    fc.assert(
      fc.property(message, fc.uint8Array({ maxLength: 20 }), fc.nat(9), (fields, body, before) => {
        const bytes = encodeMessage(fields, body);
        const target = Buffer.concat([Buffer.alloc(before, 0xff), bytes, Buffer.from('ff', 'hex')]);
        const bodyStart = before + messageHeadByteLength(fields);
        const head = read(target, before, before + bytes.length);
        deepEqual(head, Object.assign(new MessageHead(), expectedHead(fields, bodyStart)));
        equal(toHex(bytes.subarray(bodyStart - before)), toHex(body));
      }),
    );
  });

  it('are written into memory of the caller, to exactly the length that was promised', () => {
    fc.assert(
      fc.property(message, fc.nat(9), (fields, offset) => {
        const bytes = messageHeadByteLength(fields);
        const target = new Uint8Array(offset + bytes + 3).fill(0xee);
        equal(writeMessageHead(target, offset, fields), offset + bytes);
        equal(toHex(target.subarray(offset, offset + bytes)), toHex(encodeMessage(fields)));
        equal(toHex(target.subarray(offset + bytes)), 'eeeeee');
      }),
    );
  });

  it('never make the decoder throw or look beyond their end', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 30 }), fc.uint8Array({ maxLength: 12 }), (bytes, after) => {
        const alone = read(bytes);
        const followed = read(Buffer.concat([bytes, after]), 0, bytes.length);
        deepEqual(followed, alone);
        ok((alone instanceof MessageHead ? alone.bodyStart : 0) <= bytes.length);
      }),
    );
  });
});

describe('a reused head', () => {
  it('keeps nothing of the message before', () => {
    const head = new MessageHead();
    const first = fromHex('310701020304');
    const second = fromHex('0401');
    decodeMessageHead(first, 0, first.length, head);
    expect(head).toMatchObject({ routeCode: 0x0102, compressedBody: true, error: true });
    decodeMessageHead(second, 0, second.length, head);
    expect(head).toEqual(Object.assign(new MessageHead(), { type: 2, id: 1, bodyStart: 2 }));
  });
});

describe('message ids', () => {
  it.each([
    ['2^53-1 in 8 bytes', '04ffffffffffffff0f', Number.MAX_SAFE_INTEGER],
    ['1 in 8 bytes', '048180808080808000', 1],
    ['0, which the server may refuse', '0400', 0],
  ])('may be %s', (_name, hex, id) => {
    expect(read(fromHex(hex))).toMatchObject({ id });
  });

  it.each([
    ['2^53', '048080808080808010', 'bad_id'],
    ['2^56-1', '04ffffffffffffff7f', 'bad_id'],
    ['9 bytes long', '04808080808080808001', 'bad_id'],
    ['a megabyte long', `04${'80'.repeat(1_000_000)}`, 'bad_id'],
    ['8 bytes without an end', '048080808080808080', 'truncated'],
  ])('may not be %s', (_name, hex, refusal) => {
    expect(read(fromHex(hex))).toBe(refusal);
  });

  it.each([undefined, -1, 0.5, 2 ** 53, Number.NaN])('are not written when they are %p', (id) => {
    const fields = { type: MessageType.Response, ...(id === undefined ? {} : { id }) };
    expect(() => encodeMessage(fields)).toThrow(/Message id .* cannot be sent/);
    expect(() => writeMessageHead(new Uint8Array(20), 0, fields)).toThrow(/Message id .* cannot be sent/);
  });
});

describe('writeMessageHead', () => {
  it.each([
    ['BAD_ROUTE_CODE', { type: MessageType.Push, route: -1 }],
    ['ROUTE_TOO_LONG', { type: MessageType.Push, route: 'é'.repeat(128) }],
    ['BAD_MESSAGE_TYPE', { type: 9 as MessageType, route: 'a' }],
  ] as const)('throws %s by itself, also when nobody asked for the length', (code, fields) => {
    expect(() => writeMessageHead(new Uint8Array(400), 0, fields)).toThrow(expect.objectContaining({ code }));
  });
});
