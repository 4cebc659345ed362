import { varintByteLength, writeVarint } from 'nestjs-pomelo-protocol';
import type { PitayaError } from '../../errors/error-reply.js';

/** Keys of protobuf fields with a length: the field's number and wire type 2. */
const FIRST = 0x0a;
const SECOND = 0x12;
const THIRD = 0x1a;

/** An error as pitaya's `protos.Error`: `string code = 1; string msg = 2; map<string, string> metadata = 3`. Values that are no text are written as JSON. */
export function encodePitayaError({ code, msg, metadata = {} }: PitayaError): Buffer {
  const entries = Object.entries(metadata).map(([key, value]) =>
    field(THIRD, Buffer.concat([textField(FIRST, key), textField(SECOND, textOf(value))])),
  );
  return Buffer.concat([textField(FIRST, code), textField(SECOND, msg), ...entries]);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function textField(key: number, text: string): Buffer {
  return field(key, Buffer.from(text));
}

function field(key: number, value: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(1 + varintByteLength(value.length) + value.length);
  bytes.writeUInt8(key);
  bytes.set(value, writeVarint(bytes, value.length, 1));
  return bytes;
}
