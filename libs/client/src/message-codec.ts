import {
  decodeMessageHead,
  encodeMessage,
  encodePackage,
  MessageHead,
  PackageType,
  ProtobufRefusal,
  utf8Encode,
  type MessageType,
} from 'nestjs-pomelo-protocol';
import { inflate, malformed, readJson, type BodyLimits } from './json-body.js';
import type { Vocabulary } from './vocabulary.js';

/** Turns requests and notifies into DATA packages, and what a server sends into bodies. */
export class MessageCodec {
  private readonly head = new MessageHead();

  constructor(
    private readonly vocabulary: Vocabulary,
    private readonly limits: BodyLimits,
  ) {}

  /**
   * One DATA package. No body is sent as `{}`, as Pomelo's clients do; a Uint8Array goes as it is, unless the route has a
   * protobuf schema. Throws `ProtocolError` for what the wire cannot say, TypeError for what JSON cannot.
   */
  encode(type: MessageType, id: number, route: string, body: unknown): Uint8Array {
    const fields = { type, id, route: this.vocabulary.codeOf(route) ?? route };
    return encodePackage(PackageType.Data, encodeMessage(fields, this.encodeBody(route, body ?? {})));
  }

  /** Reads the head of a message, valid until the next call. Throws `PROTOCOL`. */
  decodeHead(bytes: Uint8Array, start: number, end: number): MessageHead {
    const refusal = decodeMessageHead(bytes, start, end, this.head);
    if (refusal !== undefined) throw malformed(`a message, ${refusal}`);
    return this.head;
  }

  /** The route of a push. Throws `PROTOCOL` for a code that the dictionary does not have. */
  routeOf({ route, routeCode }: MessageHead): string {
    if (routeCode < 0) return route;
    const known = this.vocabulary.routeOf(routeCode);
    if (known === undefined) throw malformed(`route code ${routeCode}, which is not in the dictionary`);
    return known;
  }

  /** The body of a message: protobuf where the route has a schema, else JSON. Throws `PROTOCOL`. */
  decodeBody(head: MessageHead, route: string, bytes: Uint8Array, end: number): unknown {
    const raw = bytes.subarray(head.bodyStart, end);
    const body = head.compressedBody ? inflate(raw, this.limits) : raw;
    const schema = head.error ? undefined : this.vocabulary.incomingSchema(route);
    if (schema === undefined) return readJson(body, this.limits);
    // Pomelo 2.2.7 sends nothing at all where its own encoding failed, and clients take that for an empty object.
    if (body.length === 0) return {};
    const decoded = schema.decode(route, body, 0, body.length);
    if (decoded instanceof ProtobufRefusal) throw malformed(`a protobuf body of ${route}, ${decoded.reason}`);
    return decoded;
  }

  private encodeBody(route: string, body: unknown): Uint8Array {
    const schema = this.vocabulary.outgoingSchema(route);
    if (schema !== undefined) return schema.encode(route, body);
    return body instanceof Uint8Array ? body : utf8Encode(JSON.stringify(body));
  }
}
