import { decodeText } from '../cesu8.js';
import type { FieldDescriptor, MessageDescriptor } from './message-descriptor.js';
import { ProtobufCursor } from './protobuf-cursor.js';
import type { ProtobufLimits } from './protobuf-limits.js';
import { ProtobufRefusal } from './protobuf-refusal.js';

/** Reads the body in `bytes[start, end)`. Total: any bytes give an object of the schema's shape or a refusal. */
export function decodeBody(
  descriptor: MessageDescriptor,
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: ProtobufLimits,
): Record<string, unknown> | ProtobufRefusal {
  const cursor = new ProtobufCursor(bytes, start, Math.min(end, bytes.length), limits);
  const body = readMessage(cursor, descriptor);
  return cursor.refusal ?? body;
}

function readMessage(cursor: ProtobufCursor, descriptor: MessageDescriptor): Record<string, unknown> {
  const message: Record<string, unknown> = {};
  if (!cursor.enterMessage()) return message;
  while (cursor.position < cursor.end) {
    const field = descriptor.byTag.get(cursor.readTag());
    if (field === undefined) cursor.refuse(ProtobufRefusal.BadTag);
    else if (field.repeated) readRepeated(cursor, field, message);
    else message[field.name] = readValue(cursor, field);
    if (cursor.refusal !== undefined) return message;
  }
  for (const { name } of descriptor.required) {
    if (!Object.hasOwn(message, name)) cursor.refuse(ProtobufRefusal.MissingRequired);
  }
  cursor.leaveMessage();
  return message;
}

function readRepeated(
  cursor: ProtobufCursor,
  field: FieldDescriptor,
  message: Record<string, unknown>,
): void {
  const count = field.packed ? cursor.readCount(field.minimumBytes) : 1;
  if (!cursor.takeElements(count)) return;
  const earlier = message[field.name];
  const elements: unknown[] = Array.isArray(earlier) ? earlier : [];
  for (let read = 0; read < count && cursor.refusal === undefined; read++) {
    elements.push(readValue(cursor, field));
  }
  message[field.name] = elements;
}

function readValue(cursor: ProtobufCursor, field: FieldDescriptor): unknown {
  if (field.message !== undefined) return readNested(cursor, field.message);
  switch (field.kind) {
    case 'unsigned':
      return cursor.readVarint();
    case 'signed':
      return cursor.readSignedVarint();
    case 'float':
      return cursor.readFloat();
    case 'double':
      return cursor.readDouble();
    case 'string':
      return readString(cursor);
    default:
      return cursor.refuse(ProtobufRefusal.BadType);
  }
}

function readString(cursor: ProtobufCursor): string {
  const length = cursor.readLength();
  if (length < 0) return '';
  const start = cursor.skip(length);
  return decodeText(cursor.bytes, start, start + length);
}

function readNested(
  cursor: ProtobufCursor,
  descriptor: MessageDescriptor,
): Record<string, unknown> | undefined {
  const length = cursor.readLength();
  if (length < 0) return undefined;
  const outerEnd = cursor.end;
  cursor.end = cursor.position + length;
  const message = readMessage(cursor, descriptor);
  cursor.end = outerEnd;
  return message;
}
