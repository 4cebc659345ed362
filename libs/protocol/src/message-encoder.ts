import { allocateBytes } from './bytes.js';
import { ProtocolError } from './errors.js';
import {
  FLAG_COMPRESSED_BODY,
  FLAG_ERROR,
  FLAG_ROUTE_CODE,
  hasId,
  hasRoute,
  isMessageType,
  type MessageType,
} from './message.js';
import { MAX_ROUTE_BYTES, MAX_ROUTE_CODE } from './route.js';
import { utf8ByteLength, utf8Write } from './text.js';
import { varintByteLength, writeVarint } from './varint.js';

/** What to write before the body of a message. */
export interface MessageHeadFields {
  readonly type: MessageType;
  /** 0 to 2^53-1. Required for requests and responses, ignored for the rest. */
  readonly id?: number;
  /** A route, at most 255 bytes as UTF-8, or its dictionary code; none is the empty route. Responses carry none. */
  readonly route?: string | number;
  /** The body is deflated. */
  readonly compressedBody?: boolean;
  /** The body is an error; only for clients of the pitaya dialect. */
  readonly error?: boolean;
}

/**
 * How many bytes {@link writeMessageHead} writes for these fields.
 * @throws ProtocolError BAD_MESSAGE_TYPE, BAD_MESSAGE_ID, BAD_ROUTE_CODE, ROUTE_TOO_LONG.
 */
export function messageHeadByteLength(fields: MessageHeadFields): number {
  checkType(fields.type);
  let bytes = 1;
  if (hasId(fields.type)) bytes += varintByteLength(checkedId(fields.id));
  if (!hasRoute(fields.type)) return bytes;
  const route = fields.route ?? '';
  if (typeof route === 'number') {
    checkRouteCode(route);
    return bytes + 2;
  }
  const routeBytes = utf8ByteLength(route);
  checkRouteBytes(route, routeBytes);
  return bytes + 1 + routeBytes;
}

/**
 * Writes a message head at `offset` and returns the offset behind it. The target must have room for
 * {@link messageHeadByteLength} bytes. Bit 0 of a response with a route code is set although no route follows, as
 * Pomelo 2.2.7 writes it.
 * @throws ProtocolError BAD_MESSAGE_TYPE, BAD_MESSAGE_ID, BAD_ROUTE_CODE, ROUTE_TOO_LONG.
 */
export function writeMessageHead(target: Uint8Array, offset: number, fields: MessageHeadFields): number {
  checkType(fields.type);
  target[offset] = flagOf(fields);
  let position = offset + 1;
  if (hasId(fields.type)) position = writeVarint(target, checkedId(fields.id), position);
  return hasRoute(fields.type) ? writeRoute(target, position, fields.route ?? '') : position;
}

/**
 * A whole message, in memory of its own: the body of a DATA package.
 * @throws ProtocolError BAD_MESSAGE_TYPE, BAD_MESSAGE_ID, BAD_ROUTE_CODE, ROUTE_TOO_LONG.
 */
export function encodeMessage(fields: MessageHeadFields, body?: Uint8Array): Uint8Array {
  const headBytes = messageHeadByteLength(fields);
  const bytes = allocateBytes(headBytes + (body === undefined ? 0 : body.length));
  writeMessageHead(bytes, 0, fields);
  if (body !== undefined) bytes.set(body, headBytes);
  return bytes;
}

function flagOf(fields: MessageHeadFields): number {
  return (
    (fields.type << 1) |
    (typeof fields.route === 'number' ? FLAG_ROUTE_CODE : 0) |
    (fields.compressedBody === true ? FLAG_COMPRESSED_BODY : 0) |
    (fields.error === true ? FLAG_ERROR : 0)
  );
}

function writeRoute(target: Uint8Array, offset: number, route: string | number): number {
  if (typeof route === 'number') {
    checkRouteCode(route);
    target[offset] = route >> 8;
    target[offset + 1] = route;
    return offset + 2;
  }
  const routeBytes = utf8Write(target, route, offset + 1);
  checkRouteBytes(route, routeBytes);
  target[offset] = routeBytes;
  return offset + 1 + routeBytes;
}

function checkType(type: number): void {
  if (!isMessageType(type) || !Number.isInteger(type)) throw new ProtocolError('BAD_MESSAGE_TYPE', { type });
}

function checkedId(id: number | undefined): number {
  if (id === undefined || !Number.isSafeInteger(id) || id < 0)
    throw new ProtocolError('BAD_MESSAGE_ID', { id });
  return id;
}

function checkRouteCode(code: number): void {
  if (!Number.isInteger(code) || code < 0 || code > MAX_ROUTE_CODE) {
    throw new ProtocolError('BAD_ROUTE_CODE', { code });
  }
}

function checkRouteBytes(route: string, bytes: number): void {
  if (bytes > MAX_ROUTE_BYTES) throw new ProtocolError('ROUTE_TOO_LONG', { route, bytes });
}
