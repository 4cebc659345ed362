import { decodeMessageHead, encodeMessage, MessageHead, MessageType } from 'nestjs-pomelo-protocol';
import { asBuffer } from '../connectors/as-buffer.js';
import { BodyDecoder, BodyRefusal } from '../connectors/hybrid/body-decoder.js';
import { encodeBody } from '../connectors/hybrid/body-encoder.js';
import { WireProfiles } from '../connectors/hybrid/wire-profile.js';
import type { ClientMessage, ClientSocket, ConnectorCodec } from '../connectors/connector.interface.js';
import type { PomeloLimits } from '../options/limits.js';

const { pomelo: PROFILE } = new WireProfiles(undefined, undefined, Infinity);

/** The messages of the hybrid connector with JSON bodies, so that what cannot travel there does not travel here. */
export class TestCodec implements ConnectorCodec {
  private readonly bodies: BodyDecoder;

  constructor({ packageBytes, jsonDepth, inflatedBytes }: Readonly<PomeloLimits>) {
    this.bodies = new BodyDecoder({ maxBytes: packageBytes, maxDepth: jsonDepth }, inflatedBytes, () => true);
  }

  decode(_client: ClientSocket, message: Buffer): ClientMessage {
    const { type, id: number, route, bodyStart } = headOf(message);
    const id = type === MessageType.Request ? number : undefined;
    const body = this.bodies.decode(PROFILE, route, message, bodyStart, false);
    return body instanceof BodyRefusal
      ? { id, route, body: undefined, refusal: body.error }
      : { id, route, body };
  }

  encode(_client: ClientSocket, id: number | undefined, route: string, body: unknown): Buffer {
    const encoded = encodeBody(PROFILE, route, body);
    const bytes = typeof encoded === 'string' ? Buffer.from(encoded) : encoded;
    return asBuffer(
      id === undefined
        ? encodeMessage({ type: MessageType.Push, route }, bytes)
        : encodeMessage({ type: MessageType.Response, id }, bytes),
    );
  }
}

/** A request (`id` given) or a notify. No body is sent as `{}`, bytes go as they are; throws for what JSON cannot say. */
export function encodeAsClient(id: number | undefined, route: string, body: unknown): Buffer {
  const bytes = body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body ?? {}));
  return asBuffer(
    id === undefined
      ? encodeMessage({ type: MessageType.Notify, route }, bytes)
      : encodeMessage({ type: MessageType.Request, id, route }, bytes),
  );
}

/** What a client received: an answer (`id` given) or a push. Bytes that are no JSON are left as they are. */
export function decodeAsClient(message: Buffer): {
  readonly id: number | undefined;
  readonly route: string;
  readonly body: unknown;
} {
  const { type, id, route, bodyStart } = headOf(message);
  const bytes = message.subarray(bodyStart);
  return { id: type === MessageType.Response ? id : undefined, route, body: jsonOr(bytes) };
}

function headOf(message: Buffer): MessageHead {
  const head = new MessageHead();
  const refusal = decodeMessageHead(message, 0, message.length, head);
  if (refusal !== undefined) throw new Error(`This is no message: ${refusal}.`);
  return head;
}

function jsonOr(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return Buffer.from(bytes);
  }
}
