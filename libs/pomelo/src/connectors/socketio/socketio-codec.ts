import { JsonRefusal, parseJson, type JsonLimits } from 'nestjs-pomelo-protocol';
import { reportReject } from '../../diagnostics.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { ClientMessage } from '../connector.interface.js';
import type { SocketioClient } from './socketio-client.js';

/** Characters of the id, then one for the length of the route. */
const ID_CHARACTERS = 4;
const HEAD_CHARACTERS = ID_CHARACTERS + 1;
/** A character stands for a byte. */
const HIGHEST = 0xff;

/** The message layer of Pomelo's sioconnector: a head of five characters, the route, and JSON; answers and pushes are JSON. */
export class SocketioCodec {
  constructor(private readonly json: JsonLimits) {}

  /** Reads a message, as the UTF-8 of its text. One that is malformed closes its connection; a body that cannot be read is a refusal. */
  decode(client: SocketioClient, message: Buffer): ClientMessage | undefined {
    const text = message.toString();
    const head = Array.from({ length: HEAD_CHARACTERS }, (_, index) => text.charCodeAt(index));
    if (!head.every((character) => character <= HIGHEST)) {
      return client.refuse('message', text.length < HEAD_CHARACTERS ? 'truncated' : 'bad_id');
    }
    const [first = 0, second = 0, third = 0, fourth = 0, routeLength = 0] = head;
    const start = HEAD_CHARACTERS + routeLength;
    if (text.length < start) return client.refuse('message', 'truncated');
    const number = first * 2 ** 24 + second * 2 ** 16 + third * 2 ** 8 + fourth;
    const id = number === 0 ? undefined : number;
    const route = text.slice(HEAD_CHARACTERS, start);
    const body = parseJson(message, Buffer.byteLength(text.slice(0, start)), message.length, this.json);
    if (!(body instanceof JsonRefusal)) return { id, route, body };
    reportReject('message', 'bad_body', client.transport);
    return { id, route, body: undefined, refusal: pomeloError('BAD_BODY', { detail: body.reason }) };
  }

  /** Writes an answer or a push. */
  encode(id: number | undefined, route: string, body: unknown): Buffer {
    // JSON cannot say undefined, functions and symbols; Pomelo says {} then.
    const text: string = (JSON.stringify(body) as string | undefined) ?? '{}';
    return Buffer.from(
      id === undefined ? `{"route":${JSON.stringify(route)},"body":${text}}` : `{"id":${id},"body":${text}}`,
    );
  }
}
