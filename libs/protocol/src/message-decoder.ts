import {
  FLAG_COMPRESSED_BODY,
  FLAG_ERROR,
  FLAG_ROUTE_CODE,
  hasId,
  hasRoute,
  isMessageType,
  MessageType,
} from './message.js';
import { utf8Decode } from './text.js';
import { VARINT_TOO_LONG, VARINT_TRUNCATED, varintEnd, varintValue } from './varint.js';

/** Why the body of a DATA package is not a message. */
export type MessageRefusal = 'empty' | 'truncated' | 'bad_id' | 'bad_message_type';

/** What precedes the body of a message. Made once and filled again for every message, so decoding allocates nothing. */
export class MessageHead {
  type: MessageType = MessageType.Request;
  /** 0 when the message carries none. */
  id = 0;
  /** Empty when the message carries none, or a code. */
  route = '';
  /** The dictionary code of the route, -1 when there is none. */
  routeCode = -1;
  /** The body is deflated. */
  compressedBody = false;
  /** The body is an error of the pitaya dialect. */
  error = false;
  /** Where the body begins. */
  bodyStart = 0;
}

/**
 * Reads the head of the message that is bytes[start, end) into `head`; after a refusal its contents mean nothing.
 * Reserved flag bits are ignored and an id of 0 is let through, as every server of the family does. Never throws.
 */
export function decodeMessageHead(
  bytes: Uint8Array,
  start: number,
  end: number,
  head: MessageHead,
): MessageRefusal | undefined {
  if (start >= end) return 'empty';
  const flag = bytes[start] ?? 0;
  const type = (flag >> 1) & 0x7;
  if (!isMessageType(type)) return 'bad_message_type';
  head.type = type;
  head.id = 0;
  head.route = '';
  head.routeCode = -1;
  head.compressedBody = (flag & FLAG_COMPRESSED_BODY) !== 0;
  head.error = (flag & FLAG_ERROR) !== 0;
  head.bodyStart = start + 1;
  if (hasId(type)) {
    const refusal = readId(bytes, end, head);
    if (refusal !== undefined) return refusal;
  }
  if (!hasRoute(type)) return undefined;
  return (flag & FLAG_ROUTE_CODE) === 0 ? readRoute(bytes, end, head) : readRouteCode(bytes, end, head);
}

function readId(bytes: Uint8Array, end: number, head: MessageHead): MessageRefusal | undefined {
  const start = head.bodyStart;
  const first = bytes[start] ?? 0;
  if (start < end && first < 128) {
    head.id = first;
    head.bodyStart = start + 1;
    return undefined;
  }
  const idEnd = varintEnd(bytes, start, end);
  if (idEnd === VARINT_TRUNCATED) return 'truncated';
  if (idEnd === VARINT_TOO_LONG) return 'bad_id';
  head.id = varintValue(bytes, start, idEnd);
  head.bodyStart = idEnd;
  return head.id > Number.MAX_SAFE_INTEGER ? 'bad_id' : undefined;
}

function readRoute(bytes: Uint8Array, end: number, head: MessageHead): MessageRefusal | undefined {
  const routeStart = head.bodyStart + 1;
  if (routeStart > end) return 'truncated';
  const routeEnd = routeStart + (bytes[routeStart - 1] ?? 0);
  if (routeEnd > end) return 'truncated';
  head.route = utf8Decode(bytes, routeStart, routeEnd);
  head.bodyStart = routeEnd;
  return undefined;
}

function readRouteCode(bytes: Uint8Array, end: number, head: MessageHead): MessageRefusal | undefined {
  const start = head.bodyStart;
  if (start + 2 > end) return 'truncated';
  head.routeCode = ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0);
  head.bodyStart = start + 2;
  return undefined;
}
