import { ProtocolError } from '../errors.js';
import type { ProtocolErrorCode, ProtocolErrorDetails } from '../errors.js';
import { fieldPath } from './field-path.js';
import { fitsSigned, fitsUnsigned, floatOf, integerOf } from './field-values.js';
import type { FieldDescriptor, MessageDescriptor } from './message-descriptor.js';
import { isRecord } from './plain-record.js';
import type { ProtobufWriter } from './protobuf-writer.js';

/** Writes one body; knows where it is in it, so that an error can say so. */
export class ProtobufEncoder {
  private readonly path: (string | number)[] = [];
  private depth = 0;

  constructor(
    private readonly route: string,
    private readonly maxDepth: number,
    private readonly writer: ProtobufWriter,
  ) {}

  /**
   * Writes the fields of a message in the order of the object's keys. Keys that the schema does not know are left out;
   * undefined and null count as not there.
   */
  writeMessage(descriptor: MessageDescriptor, value: unknown): void {
    if (!isRecord(value)) throw this.badValue('message', value);
    if (++this.depth > this.maxDepth) throw this.error('PROTOBUF_TOO_DEEP', { maxDepth: this.maxDepth });
    let requiredLeft = descriptor.required.length;
    // As in Pomelo, inherited properties count: for..in, not Object.keys.
    for (const name in value) {
      const field = descriptor.byName.get(name);
      const fieldValue = field === undefined ? undefined : value[name];
      if (field === undefined || fieldValue === undefined || fieldValue === null) continue;
      if (field.required) requiredLeft--;
      this.path.push(name);
      this.writeField(field, fieldValue);
      this.path.pop();
    }
    if (requiredLeft > 0) throw this.missingField(descriptor, value);
    this.depth--;
  }

  private writeField(field: FieldDescriptor, value: unknown): void {
    if (field.kind === 'unknown_type') throw this.error('PROTOBUF_BAD_TYPE', { type: field.type });
    if (field.kind === 'unusable_tag') throw this.error('PROTOBUF_BAD_TAG', { tag: field.tag });
    if (field.repeated) {
      this.writeRepeated(field, value);
    } else {
      this.writer.varint(field.key);
      this.writeValue(field, value);
    }
  }

  private writeRepeated(field: FieldDescriptor, value: unknown): void {
    if (!Array.isArray(value)) throw this.badValue(`repeated ${field.type}`, value);
    const elements: readonly unknown[] = value;
    if (elements.length === 0) return;
    if (field.packed) {
      this.writer.varint(field.key);
      this.writer.varint(elements.length);
    }
    for (let index = 0; index < elements.length; index++) {
      if (!field.packed) this.writer.varint(field.key);
      this.path.push(index);
      this.writeValue(field, elements[index]);
      this.path.pop();
    }
  }

  private writeValue(field: FieldDescriptor, value: unknown): void {
    if (field.message !== undefined) this.writeNested(field.message, value);
    else if (field.kind === 'string') this.writeString(field, value);
    else if (field.kind === 'float' || field.kind === 'double') this.writeFloat(field, value);
    else this.writeInteger(field, value);
  }

  private writeNested(descriptor: MessageDescriptor, value: unknown): void {
    const lengthAt = this.writer.beginNested();
    this.writeMessage(descriptor, value);
    this.writer.endNested(lengthAt);
  }

  private writeString(field: FieldDescriptor, value: unknown): void {
    if (typeof value !== 'string') throw this.badValue(field.type, value);
    this.writer.string(value);
  }

  private writeFloat(field: FieldDescriptor, value: unknown): void {
    const number = floatOf(value);
    if (number === undefined) throw this.badValue(field.type, value);
    if (field.kind === 'float') this.writer.float(number);
    else this.writer.double(number);
  }

  private writeInteger(field: FieldDescriptor, value: unknown): void {
    const integer = integerOf(value);
    const signed = field.kind === 'signed';
    if (!(signed ? fitsSigned(integer) : fitsUnsigned(integer))) throw this.badValue(field.type, value);
    if (signed) this.writer.signedVarint(integer);
    else this.writer.varint(integer);
  }

  private missingField(
    descriptor: MessageDescriptor,
    value: Readonly<Record<string, unknown>>,
  ): ProtocolError {
    const present = new Set<string>();
    for (const name in value) {
      if (value[name] !== undefined && value[name] !== null) present.add(name);
    }
    const missing = descriptor.required.find(({ name }) => !present.has(name));
    if (missing !== undefined) this.path.push(missing.name);
    return this.error('PROTOBUF_MISSING_FIELD', {});
  }

  private badValue(type: string, value: unknown): ProtocolError {
    return this.error('PROTOBUF_BAD_VALUE', { type, value });
  }

  private error(code: ProtocolErrorCode, details: ProtocolErrorDetails): ProtocolError {
    return new ProtocolError(code, { ...details, route: this.route, field: fieldPath(this.path) });
  }
}
