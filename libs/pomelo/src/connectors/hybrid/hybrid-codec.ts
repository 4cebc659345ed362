import {
  decodeMessageHead,
  MessageHead,
  messageHeadByteLength,
  MessageType,
  PACKAGE_HEAD_BYTES,
  PackageType,
  writeMessageHead,
  writePackageHead,
  type MessageHeadFields,
} from 'nestjs-pomelo-protocol';
import { reportReject } from '../../diagnostics.js';
import { ErrorReply } from '../../errors/error-reply.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { PomeloLimits } from '../../options/limits.js';
import type { ClientMessage } from '../connector.interface.js';
import { BodyDecoder, BodyRefusal, UndecodedBody } from './body-decoder.js';
import { encodeBody } from './body-encoder.js';
import type { CodecClient } from './codec-client.interface.js';
import { zlibCompression } from './zlib-compression.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** The message layer of Pomelo in both dialects. One object a connector; it keeps no state between messages. */
export class HybridCodec {
  private readonly bodies: BodyDecoder;
  // Reused for every message: decoding and encoding are synchronous.
  private readonly head = new MessageHead();

  constructor(limits: Readonly<PomeloLimits>, isHosted: (route: string) => boolean) {
    const { packageBytes, inflatedBytes, jsonDepth, handshakeBytes } = limits;
    const maxBytes = Math.max(packageBytes, inflatedBytes, handshakeBytes);
    this.bodies = new BodyDecoder({ maxBytes, maxDepth: jsonDepth }, inflatedBytes, isHosted);
  }

  /** Reads a message. One that is malformed closes its connection; a body that cannot be read is a refusal. */
  decode(client: CodecClient, message: Buffer): ClientMessage | undefined {
    const { head } = this;
    const malformed = decodeMessageHead(message, 0, message.length, head);
    if (malformed !== undefined) return client.refuse('message', malformed);
    const { type, compressedBody } = head;
    if (type !== MessageType.Request && type !== MessageType.Notify)
      return client.refuse('message', 'bad_message_type');
    const id = type === MessageType.Request ? head.id : undefined;
    if (id === 0) return client.refuse('message', 'bad_id');
    const route = this.routeOf(client);
    if (route === undefined) return unknownRoute(client, id);
    if (compressedBody) client.provedCompression();
    const body = this.bodies.decode(client.profile, route, message, head.bodyStart, compressedBody);
    if (body instanceof UndecodedBody) return { id, route, body: undefined, undecoded: body.bytes };
    if (!(body instanceof BodyRefusal)) return { id, route, body };
    reportReject('message', body.reason, client.transport);
    return { id, route, body: undefined, refusal: body.error };
  }

  /** Writes an answer or a push as one whole package, in one allocation unless the body is compressed. */
  encode(client: CodecClient, id: number | undefined, route: string, body: unknown): Buffer {
    const { profile } = client;
    const encoded = compress(profile.compressFrom, encodeBody(profile, route, body));
    const fields: Mutable<MessageHeadFields> =
      id === undefined
        ? { type: MessageType.Push, route: profile.outwardDictionary?.codeOf(route) ?? route }
        : { type: MessageType.Response, id };
    if (encoded instanceof Deflated) fields.compressedBody = true;
    if (body instanceof ErrorReply && profile.dialect === 'pitaya') fields.error = true;
    return dataPackage(fields, encoded instanceof Deflated ? encoded.bytes : encoded);
  }

  private routeOf({ profile }: CodecClient): string | undefined {
    const { routeCode, route } = this.head;
    return routeCode < 0 ? route : profile.inwardDictionary?.routeOf(routeCode);
  }
}

/** A DATA package around a message that somebody else encoded. */
export function wrapMessage(message: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(PACKAGE_HEAD_BYTES + message.length);
  writePackageHead(bytes, 0, PackageType.Data, message.length);
  bytes.set(message, PACKAGE_HEAD_BYTES);
  return bytes;
}

function dataPackage(fields: MessageHeadFields, body: string | Uint8Array): Buffer {
  const headBytes = messageHeadByteLength(fields);
  const bodyBytes = typeof body === 'string' ? Buffer.byteLength(body) : body.length;
  const bytes = Buffer.allocUnsafe(PACKAGE_HEAD_BYTES + headBytes + bodyBytes);
  writePackageHead(bytes, 0, PackageType.Data, headBytes + bodyBytes);
  const start = writeMessageHead(bytes, PACKAGE_HEAD_BYTES, fields);
  if (typeof body !== 'string') bytes.set(body, start);
  // Latin-1 is the faster way to write ASCII.
  else bytes.write(body, start, bodyBytes === body.length ? 'latin1' : 'utf8');
  return bytes;
}

class Deflated {
  constructor(readonly bytes: Uint8Array) {}
}

function compress(from: number, body: string | Uint8Array): string | Uint8Array | Deflated {
  if (body.length < from) return body;
  const plain = typeof body === 'string' ? Buffer.from(body) : body;
  const deflated = zlibCompression.deflate(plain);
  return deflated.length < plain.length ? new Deflated(deflated) : body;
}

function unknownRoute(client: CodecClient, id: number | undefined): ClientMessage | undefined {
  reportReject('message', 'unknown_route', client.transport);
  return id === undefined
    ? undefined
    : { id, route: '', body: undefined, refusal: pomeloError('UNKNOWN_ROUTE') };
}
