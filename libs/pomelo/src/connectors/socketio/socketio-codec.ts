import { parseJson, type JsonLimits } from 'nestjs-pomelo-protocol';
import { messageOf } from '../connection/message-of.js';
import type { ClientMessage } from '../connector.interface.js';
import type { SocketioClient } from './socketio-client.js';

/** Characters of the id, then one for the length of the route. */
const ID_CHARACTERS = 4;
const HEAD_CHARACTERS = ID_CHARACTERS + 1;
/** A character of the head stands for a byte. */
const BEYOND_BYTES = /[^\0-\xff]/;

/** The message layer of Pomelo's sioconnector: a head of five characters, the route, and JSON; answers and pushes are JSON. */
export class SocketioCodec {
  constructor(private readonly json: JsonLimits) {}

  /** Reads a message, as the UTF-8 of its text. One that is malformed closes its connection; a body that cannot be read is a refusal. */
  decode(client: SocketioClient, message: Buffer): ClientMessage | undefined {
    const text = message.toString();
    if (text.length < HEAD_CHARACTERS) return client.refuse('message', 'truncated');
    if (BEYOND_BYTES.test(text.slice(0, HEAD_CHARACTERS))) return client.refuse('message', 'bad_id');
    const start = HEAD_CHARACTERS + text.charCodeAt(ID_CHARACTERS);
    if (text.length < start) return client.refuse('message', 'truncated');
    const id = readId(text);
    const route = text.slice(HEAD_CHARACTERS, start);
    const body = parseJson(message, Buffer.byteLength(text.slice(0, start)), message.length, this.json);
    return messageOf(client, id, route, body);
  }

  /** Writes an answer or a push. */
  encode(id: number | undefined, route: string, body: unknown): Buffer {
    // JSON cannot say undefined, functions and symbols; Pomelo says {} then.
    const text: string | undefined = JSON.stringify(body);
    const head = id === undefined ? `"route":${JSON.stringify(route)}` : `"id":${id}`;
    return Buffer.from(`{${head},"body":${text ?? '{}'}}`);
  }
}

/** Most significant character first; 0 is a notify. */
function readId(text: string): number | undefined {
  let id = 0;
  for (let index = 0; index < ID_CHARACTERS; index += 1) id = id * 256 + text.charCodeAt(index);
  return id === 0 ? undefined : id;
}
