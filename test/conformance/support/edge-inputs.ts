import { HTTP_INPUTS, TRANSPORT_INPUTS } from './edge-inputs-transport.js';
import type { RecordedInput, Stage } from './replay.js';
import { ACK, HEARTBEAT, hello, HELLO, message, notify, pack, request } from './wire-bytes.js';

const ECHO = 'connector.echoHandler.';
const PING = `${ECHO}ping`;
/** Request ids at the edges of their lengths. */
const IDS = [127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456, 2147483647];

/**
 * The inputs of `live.invalid_and_edge_inputs` by their names, without the transport: the recordings hold names and
 * effects, the bytes are here.
 */
export const EDGE_INPUTS: Readonly<Record<string, RecordedInput>> = {
  ...handshakes(),
  ...states(),
  ...packages(),
  ...routes(),
  ...bodies(),
  ...messages(),
  ...answers(),
  ...kicks(),
  ...TRANSPORT_INPUTS,
  ...HTTP_INPUTS,
};

function at(stage: Stage, ...play: readonly Uint8Array[]): RecordedInput {
  return { stage, play };
}

function working(...play: readonly Uint8Array[]): RecordedInput {
  return at('working', ...play);
}

function ask(route: string, body?: Uint8Array | string): RecordedInput {
  return working(request(1, route, body));
}

function handshakes(): Record<string, RecordedInput> {
  return {
    'hs minimal {"sys":1}': at('fresh', HELLO),
    'hs {}': at('fresh', hello('{}')),
    'hs no json': at('fresh', hello('no json')),
    'hs empty body': at('fresh', hello('')),
    'hs null': at('fresh', hello('null')),
    'hs array': at('fresh', hello('[]')),
    'hs sys false': at('fresh', hello('{"sys":false}')),
    'hs user reject': at('fresh', hello('{"sys":{},"user":{"reject":true}}')),
    'hs user throws': at('fresh', hello('{"sys":{},"user":{"throw":true}}')),
    'hs BOM': at('fresh', hello('\uFEFF{"sys":1}')),
    'hs twice': at('fresh', HELLO, HELLO),
    'hs again when working': working(HELLO),
  };
}

function states(): Record<string, RecordedInput> {
  return {
    'ack first': at('fresh', ACK),
    'ack with body': at('fresh', HELLO, pack(2, 'body'), request(5, PING)),
    'ack twice': working(ACK),
    'hb before hs': at('fresh', HEARTBEAT),
    'data before hs': at('fresh', request(1, PING)),
    'data before ack': at('greeted', request(1, PING), ACK, request(2, PING)),
    'kick from client state0': at('fresh', pack(5, '{"reason":"x"}')),
  };
}

function packages(): Record<string, RecordedInput> {
  return {
    'kick from client': working(pack(5, '{"reason":"x"}')),
    'type 0': working(pack(0)),
    'type 6': working(pack(6)),
    'type 255': working(pack(255)),
    'hb with body': working(pack(3, 'body')),
    'data empty body': working(pack(4)),
    'data 1 byte flag 00': working(pack(4, [0])),
    'data notify 1 byte flag 02': working(pack(4, [2])),
    'data truncated id': working(pack(4, [0, 0x80, 0x80])),
    'data route longer than body': working(pack(4, [0, 1, 200], 'a')),
    'data compressed route truncated': working(pack(4, [1, 1, 0])),
  };
}

function routes(): Record<string, RecordedInput> {
  const named = [
    'a.b',
    'a.b.c',
    'connector.x.y',
    'connector.echoHandler.zz',
    ['4 parts', 'a.b.c.d'],
    ['route no dot', 'abc'],
    ['empty route', ''],
    ['backend unknown handler', 'area.x.y'],
    ['constructor', `${ECHO}constructor`],
    ['backend constructor', 'area.echoHandler.constructor'],
    ['toString', `${ECHO}toString`],
    ['__defineGetter__', `${ECHO}__defineGetter__`],
    ['__proto__ handler', 'connector.__proto__.toString'],
  ] as const;
  return Object.fromEntries(
    named.map((entry) => {
      const [name, route] = typeof entry === 'string' ? [entry, entry] : entry;
      return [`req ${name}`, ask(route)];
    }),
  );
}

function bodies(): Record<string, RecordedInput> {
  return {
    'req bad json': ask(`${ECHO}echo`, '{"a":'),
    'req empty json': ask(`${ECHO}echo`, ''),
    'req json array': ask(`${ECHO}echo`, '["a"]'),
    'req json empty array': ask(`${ECHO}echo`, '[]'),
    'req json null': ask(`${ECHO}echo`, 'null'),
    'req json number': ask(`${ECHO}echo`, '5'),
    'req json string': ask(`${ECHO}echo`, '"abc"'),
    'req json __proto__': ask(`${ECHO}echo`, '{"__proto__":{"x":1},"y":2}'),
    'req 20000-byte': ask(`${ECHO}echo`, JSON.stringify({ a: 'x'.repeat(20_000) })),
    'req 1MB': ask(`${ECHO}echo`, JSON.stringify({ a: 'x'.repeat(2 ** 20) })),
  };
}

function messages(): Record<string, RecordedInput> {
  return {
    'req compressed no dict': working(pack(4, [1, 1, 0, 1], '{}')),
    'notify answered': working(notify(`${ECHO}answer`)),
    'notify unanswered': working(notify(`${ECHO}note`)),
    'notify unknown': working(notify('connector.x.y')),
    'request id 0': working(pack(4, [0, 0, PING.length], PING, '{}')),
    'type response from client': working(pack(4, [4, 1], '{}')),
    'type push from client': working(message(6, 0, `${ECHO}answer`)),
    ...Object.fromEntries(
      [4, 5, 6, 7].map((type) => [`msg type ${type}`, working(pack(4, [type << 1, 1], '{}'))]),
    ),
    'flag gzip bit': working(message(0x10, 1, PING)),
    'flag high bits': working(message(0xe0, 1, PING)),
    ...Object.fromEntries(IDS.map((id) => [`req id ${id}`, working(request(id, PING))])),
    'same id twice': working(request(9, PING), request(9, PING)),
  };
}

function answers(): Record<string, RecordedInput> {
  const values = ['0', '1', '""', '"str"', '[]', '[1]', 'false', 'true', 'null'];
  return {
    'req err': ask(`${ECHO}error`),
    'req errWithCode': ask(`${ECHO}errorWithCode`),
    'req nothing': ask(`${ECHO}nothing`),
    ...Object.fromEntries(
      values.map((value) => [`resp value ${value}`, ask(`${ECHO}weird`, `{"v":${value}}`)]),
    ),
    'resp twice': ask(`${ECHO}twice`),
    'handler throws': ask(`${ECHO}throwSync`),
  };
}

function kicks(): Record<string, RecordedInput> {
  return {
    'kick no reason': ask(`${ECHO}kickMe`, '{}'),
    'kick reason': ask(`${ECHO}kickMe`, '{"reason":"再见"}'),
    'kick reason object': ask(`${ECHO}kickMe`, '{"reason":{"code":1}}'),
    'kick from backend': { ...ask(`${ECHO}rpcTo`, '{"reason":"be"}'), ends: true },
    'kick from backend no reason': { ...ask(`${ECHO}rpcTo`), ends: true },
  };
}
