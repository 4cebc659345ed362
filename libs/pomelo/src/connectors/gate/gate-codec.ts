import { parseJson, type JsonLimits } from 'nestjs-pomelo-protocol';
import { describeError } from '../../errors/describe-error.js';
import { ErrorReply } from '../../errors/error-reply.js';
import { synchronous } from '../../errors/synchronous.js';
import { asBuffer } from '../as-buffer.js';
import { messageOf } from '../connection/message-of.js';
import type { ClientMessage } from '../connector.interface.js';
import type { GateClient } from './gate-client.js';
import type { GatePack } from './gate-hooks.interface.js';
import { packOf } from './gate-packs.js';
import { defaultRouteOf } from './gate-topics.js';
import type { GateOptions } from './gate.options.js';
import { viewOf } from './session-view.js';

const NOTHING = Buffer.alloc(0);

/** The message layer of a gate. One object a connector. */
export class GateCodec {
  constructor(
    private readonly options: GateOptions,
    private readonly json: JsonLimits,
  ) {}

  /** Reads what stands behind the length of a pack. A pack without a route is no message, and closes its client as in every gate. */
  decode(client: GateClient, payload: Buffer): ClientMessage | undefined {
    const received = synchronous('decodePack', client.codec.decodePack(payload));
    if (received === undefined) return client.refuse('package', 'malformed');
    const pack = this.intercept(client, received);
    if (pack === undefined) return undefined;
    const route = this.routeOf(client, pack.topic);
    if (route === undefined) return client.refuse('message', 'malformed');
    const body = this.read(pack.body);
    const id = client.tasks.begin(pack.topic);
    return messageOf(client, id, route, body);
  }

  /** Writes a push, or an answer to the topic that the client has sent. A handler that gives `undefined` answers nothing. */
  encode(client: GateClient, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    if (id === undefined) return this.write(client, this.topicOf(route), body);
    const topic = client.tasks.topicOf(id);
    if (topic === undefined) return undefined;
    const pack = body === undefined ? undefined : this.answer(client, topic, body);
    client.taskEnded(id);
    return pack;
  }

  /** The pack to go on with; `undefined` when the application has taken it. */
  private intercept(client: GateClient, pack: GatePack): GatePack | undefined {
    const { routeHandler, recvPackHandler } = this.options;
    if (routeHandler !== undefined) {
      const isConsumed = synchronous('gate.routeHandler', routeHandler(viewOf(client.session), pack));
      if (isConsumed) return undefined;
    }
    if (recvPackHandler === undefined) return pack;
    return synchronous('gate.recvPackHandler', recvPackHandler(viewOf(client.session), pack)) || undefined;
  }

  private routeOf(client: GateClient, topic: string): string | undefined {
    const { routeOf, handler = 'handler' } = this.options;
    if (routeOf === undefined) return defaultRouteOf(topic, handler);
    return synchronous('gate.routeOf', routeOf(topic, viewOf(client.session)));
  }

  private topicOf(route: string): string {
    const { topicOf } = this.options;
    return topicOf === undefined ? route : synchronous('gate.topicOf', topicOf(route));
  }

  private read(body: Buffer): unknown {
    if (this.options.body === 'bytes') return body;
    return body.length === 0 ? undefined : parseJson(body, 0, body.length, this.json);
  }

  /** An answer that is refused becomes an error; an error that is refused is not sent. */
  private answer(client: GateClient, topic: string, body: unknown): Buffer | undefined {
    try {
      return this.write(client, topic, body);
    } catch (error) {
      if (body instanceof ErrorReply) return undefined;
      throw error;
    }
  }

  private write(client: GateClient, topic: string, body: unknown): Buffer {
    try {
      const bytes = this.hooked(client, topic, bytesOf(body));
      return packOf(topic, synchronous('encodePack', client.codec.encodePack(topic, bytes)));
    } catch (error) {
      client.mishap = describeError(error);
      throw error;
    }
  }

  private hooked(client: GateClient, topic: string, body: Buffer): Buffer {
    const { sendMessageHook } = this.options;
    if (sendMessageHook === undefined) return body;
    return asBuffer(
      synchronous('gate.sendMessageHook', sendMessageHook(viewOf(client.session), topic, body)),
    );
  }
}

/** Bytes as they are, everything else as JSON; nothing for what JSON has no word for. */
function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return asBuffer(body);
  const text: string | undefined = JSON.stringify(body instanceof ErrorReply ? body.toJSON() : body);
  return text === undefined ? NOTHING : Buffer.from(text);
}
