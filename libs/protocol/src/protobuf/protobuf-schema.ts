import { ProtocolError } from '../errors.js';
import { compileProtos } from './compile-protos.js';
import type { MessageDescriptor } from './message-descriptor.js';
import type { ParsedProtos } from './parsed-protos.js';
import { decodeBody } from './protobuf-decoder.js';
import { ProtobufEncoder } from './protobuf-encoder.js';
import type { ProtobufLimits } from './protobuf-limits.js';
import { DEFAULT_PROTOBUF_LIMITS } from './protobuf-limits.js';
import { ProtobufRefusal } from './protobuf-refusal.js';
import { ProtobufWriter } from './protobuf-writer.js';

/**
 * Encodes and decodes the bodies of one direction, as pomelo-protobuf 0.4.0 does for every body that is legal there.
 * Compiles the parsed schema once; the schema is never looked at again and may be swapped by making a new object.
 */
export class ProtobufSchema {
  private readonly messages: ReadonlyMap<string, MessageDescriptor>;
  private readonly limits: ProtobufLimits;
  private idleWriter: ProtobufWriter | undefined;

  /** Never throws: fields of an unknown type or with an unusable tag are refused when a body uses them. */
  constructor(protos: ParsedProtos, limits: Partial<ProtobufLimits> = {}) {
    this.messages = compileProtos(protos);
    const { maxDepth = DEFAULT_PROTOBUF_LIMITS.maxDepth, maxElements = DEFAULT_PROTOBUF_LIMITS.maxElements } =
      limits;
    this.limits = { maxDepth, maxElements };
  }

  /** True if the schema describes the bodies of this route; other bodies are JSON. */
  has(route: string): boolean {
    return this.messages.has(route);
  }

  /**
   * The body as bytes, in memory of its own; no bytes at all for a message without a field that is set.
   *
   * @throws ProtocolError `PROTOBUF_UNKNOWN_ROUTE`, and, each naming route and field, `PROTOBUF_MISSING_FIELD`,
   * `PROTOBUF_BAD_VALUE`, `PROTOBUF_BAD_TYPE`, `PROTOBUF_BAD_TAG`, `PROTOBUF_TOO_DEEP`.
   */
  encode(route: string, body: unknown): Uint8Array {
    const descriptor = this.messages.get(route);
    if (descriptor === undefined) throw new ProtocolError('PROTOBUF_UNKNOWN_ROUTE', { route });
    // A getter in the body may encode another body, and a throw leaves half a one: neither may find this writer.
    const writer = this.idleWriter ?? new ProtobufWriter();
    this.idleWriter = undefined;
    new ProtobufEncoder(route, this.limits.maxDepth, writer).writeMessage(descriptor, body);
    const bytes = writer.finish();
    if (writer.reusable) this.idleWriter = writer;
    return bytes;
  }

  /**
   * The body in `bytes[start, end)`, or why there is none. Never throws. Wire types are ignored, of a field that occurs
   * twice the last one counts, repeated ones append.
   */
  decode(
    route: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): Record<string, unknown> | ProtobufRefusal {
    const descriptor = this.messages.get(route);
    if (descriptor === undefined) return ProtobufRefusal.UnknownRoute;
    return decodeBody(descriptor, bytes, start, end, this.limits);
  }
}
