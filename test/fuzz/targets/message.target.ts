import type { MessageHead, MessageHeadFields } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { invariant, type FuzzTarget } from './fuzz-target.js';
import { hexSeeds } from './seeds.js';
import { Surroundings } from './surroundings.js';

const MAX_BYTES = 300;
/** What a message is written as again may be longer than it was. */
const fillers = {
  ones: new Surroundings(0xff, 2 * MAX_BYTES),
  one: new Surroundings(0x01, 2 * MAX_BYTES),
  high: new Surroundings(0x80, 2 * MAX_BYTES),
};

function decode(protocol: Protocol, input: Uint8Array, memory: Surroundings): MessageHead | string {
  const head = new protocol.MessageHead();
  const end = memory.hold(input);
  const refusal = protocol.decodeMessageHead(memory.bytes, Surroundings.start, end, head);
  if (refusal !== undefined) return refusal;
  invariant(head.bodyStart > Surroundings.start && head.bodyStart <= end, 'a body begins inside its message');
  head.bodyStart -= Surroundings.start;
  return head;
}

function fieldsOf(head: MessageHead): MessageHeadFields {
  const { type, id, compressedBody, error } = head;
  return { type, id, compressedBody, error, route: head.routeCode === -1 ? head.route : head.routeCode };
}

function sameHead(a: MessageHead, b: MessageHead): boolean {
  const fields = ['type', 'id', 'route', 'routeCode', 'compressedBody', 'error'] as const;
  return fields.every((field) => a[field] === b[field]);
}

/** Malformed UTF-8 grows when it is read as U+FFFD, so such a route may be too long to be written again. */
function canBeWritten({ utf8ByteLength, MAX_ROUTE_BYTES }: Protocol, { route }: MessageHead): boolean {
  return !route.includes('\uFFFD') || utf8ByteLength(route) <= MAX_ROUTE_BYTES;
}

function check(protocol: Protocol, input: Uint8Array): void {
  const head = decode(protocol, input, fillers.ones);
  const other = decode(protocol, input, fillers.one);
  if (typeof head === 'string' || typeof other === 'string') {
    invariant(head === other, 'nothing outside of a message counts');
    return;
  }
  invariant(
    sameHead(head, other) && head.bodyStart === other.bodyStart,
    'nothing outside of a message counts',
  );
  invariant(Number.isSafeInteger(head.id) && head.id >= 0, 'an id is an integer from 0 to 2^53-1');
  if (canBeWritten(protocol, head)) checkAgain(protocol, input, head);
}

function checkAgain(protocol: Protocol, input: Uint8Array, head: MessageHead): void {
  const body = input.subarray(head.bodyStart);
  const bytes = protocol.encodeMessage(fieldsOf(head), body);
  const again = decode(protocol, bytes, fillers.high);
  invariant(typeof again !== 'string' && sameHead(head, again), 'a message is read as it was written');
  const headBytes = protocol.messageHeadByteLength(fieldsOf(head));
  invariant(Buffer.from(body).equals(bytes.subarray(headBytes)), 'a body is not altered');
}

/** Bodies of DATA packages. */
export const messageTarget: FuzzTarget = {
  name: 'message',
  maxBytes: MAX_BYTES,
  seeds: hexSeeds('message_encode', 'message_decode', 'nano_message', 'edge_decode', 'edge_encode'),
  tokens: ['ff7f', '8080808008', 'ffffffffffffff0f', '8080808080808001', 'efbfbd', 'ff'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
