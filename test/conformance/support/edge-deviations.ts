import type { Deviation } from './deviations.js';
import { answer, hello, kick, pack } from './wire-bytes.js';

const NOTHING = new Uint8Array();
const REFUSED = hello('{"code":500}');
const UNKNOWN_ROUTE = answer(1, '{"code":404,"msg":"No handler answers this route."}');
const METHOD_NOT_ALLOWED = /^HTTP\/1\.1 405 Method Not Allowed\r\n/;
const UPGRADE_REQUIRED = /^HTTP\/1\.1 426 Upgrade Required\r\n/;

/** What differs from the recordings of invalid and unusual input. Pomelo's behaviour is named first. */
export const EDGE_DEVIATIONS: readonly Deviation[] = [
  {
    names: ['ack first', 'hb before hs', 'data before hs'],
    says: REFUSED,
    ends: 4401,
    why: 'silently ignored, and held open for ever over WebSocket: refused with a reason',
  },
  {
    names: ['data before ack'],
    says: kick('before_ack', 4401),
    ends: 4401,
    why: 'silently dropped: the client would wait for ever, so it is told and closed',
  },
  {
    names: ['kick from client', 'type 0', 'type 6', 'type 255'],
    says: kick('bad_type', 4400),
    ends: 4400,
    why: 'cut without a word: the kick says why',
  },
  {
    names: ['kick from client state0'],
    says: REFUSED,
    ends: 4400,
    why: 'cut without a word: before the handshake its answer says why',
  },
  {
    names: ['data empty body'],
    says: kick('empty', 4400),
    ends: 4400,
    why: 'uncaught exception, the connection is wedged',
  },
  {
    names: [
      'data 1 byte flag 00',
      'data notify 1 byte flag 02',
      'data truncated id',
      'data route longer than body',
      'data compressed route truncated',
    ],
    says: kick('truncated', 4400),
    ends: 4400,
    why: 'uncaught exception, the connection is wedged',
  },
  {
    names: ['req route no dot', 'req empty route', 'req compressed no dict'],
    says: UNKNOWN_ROUTE,
    why: 'dropped without an answer: every request is answered',
  },
  {
    names: [
      'req a.b',
      'req a.b.c',
      'req connector.x.y',
      'req connector.echoHandler.zz',
      'req 4 parts',
      'req backend unknown handler',
    ],
    says: UNKNOWN_ROUTE,
    why: 'answered with 500: 404 tells a wrong route from a broken handler',
  },
  {
    names: ['req constructor', 'req backend constructor'],
    says: UNKNOWN_ROUTE,
    why: 'kicked as an attack: only declared routes exist, so it is a route as any other unknown one',
  },
  {
    names: ['req toString', 'req __proto__ handler', 'req __defineGetter__'],
    says: UNKNOWN_ROUTE,
    why: 'a method of Object.prototype is called: no answer, or an uncaught exception',
  },
  {
    names: ['req bad json'],
    says: answer(1, '{"code":400,"msg":"The message body cannot be read: bad_json."}'),
    why: 'the handler is called with {}: it never sees what was not sent',
  },
  {
    names: ['req empty json'],
    says: answer(1, '{"code":400,"msg":"The message body cannot be read: empty."}'),
    why: 'the handler is called with {}: it never sees what was not sent',
  },
  {
    names: ['req json array'],
    says: answer(1, '["a"]'),
    why: 'spread over the parameters: bodies arrive exactly',
  },
  {
    names: ['req json empty array'],
    says: answer(1, '[]'),
    why: 'uncaught exception: bodies arrive exactly',
  },
  { names: ['req json null'], says: answer(1, 'null'), why: 'becomes {}: bodies and answers travel exactly' },
  { names: ['req json number'], says: answer(1, '5'), why: 'becomes {}: bodies and answers travel exactly' },
  {
    names: ['req json string'],
    says: answer(1, '"abc"'),
    why: 'becomes an object: bodies and answers travel exactly',
  },
  ...['0', '""', 'false', 'null'].map((value) => ({
    names: [`resp value ${value}`],
    says: answer(1, value),
    why: 'becomes {}: what a handler returns travels exactly',
  })),
  {
    names: ['resp twice'],
    says: answer(1, '{"a":1}'),
    why: 'two answers with one id: a handler returns once',
  },
  {
    names: ['handler throws'],
    says: answer(1, '{"code":500}'),
    why: 'uncaught exception, the connection is wedged',
  },
  {
    names: ['request id 0'],
    says: kick('bad_id', 4400),
    ends: 4400,
    why: 'taken for a notify: the client would wait for ever',
  },
  {
    names: [
      'type response from client',
      'type push from client',
      'msg type 4',
      'msg type 5',
      'msg type 6',
      'msg type 7',
    ],
    says: kick('bad_message_type', 4400),
    ends: 4400,
    why: 'dropped, or called as a notify: no client sends these',
  },
  {
    names: ['flag gzip bit'],
    says: answer(
      1,
      '{"code":415,"msg":"The compressed message body cannot be inflated within 1048576 bytes."}',
    ),
    why: 'the flag is ignored: libpitaya sets it, and then the body is inflated',
  },
  {
    names: ['kick no reason/ws'],
    says: pack(5, '{"reason":"kick"}'),
    ends: 4410,
    why: 'the same kick; the close code 1000 says nothing',
  },
  {
    names: ['kick reason/ws'],
    says: pack(5, '{"reason":"再见"}'),
    ends: 4410,
    why: 'the same kick; the close code 1000 says nothing',
  },
  {
    names: ['kick from backend/ws'],
    says: Buffer.concat([answer(1, '{"code":200}'), pack(5, '{"reason":"be"}')]),
    ends: 4410,
    why: 'the same answer and kick; the close code 1000 says nothing',
  },
  {
    names: ['kick reason object'],
    says: pack(5, '{"reason":"kick"}'),
    ends: 4410,
    why: 'cut without a word: a reason is text, and a kick always has one',
  },
  {
    names: ['kick from backend no reason'],
    says: Buffer.concat([answer(1, '{"code":200}'), pack(5, '{"reason":"kick"}')]),
    ends: 4410,
    why: 'cut without a word: a kick always has a reason',
  },
  {
    names: ['req 1MB/tcp', 'head 16MB then silence'],
    says: kick('oversize', 4413),
    ends: 4413,
    why: 'any size is stored: limits.packageBytes is 64 KiB unless it is raised',
  },
  {
    names: ['req 1MB/ws'],
    says: NOTHING,
    ends: 1009,
    why: 'any size is stored: the frame is refused at its header, by the code of WebSocket for that',
  },
  {
    names: ['valid then invalid type in one chunk'],
    says: Buffer.concat([answer(1, '{"code":200}'), kick('bad_type', 4400)]),
    ends: 4400,
    why: 'cut without a word after the answer: the kick says why',
  },
  {
    names: ['http "GET / HTTP"'],
    says: UPGRADE_REQUIRED,
    ends: 1000,
    why: 'never answered: without an HTTP application the port says what it speaks',
  },
  {
    names: ['http "POST / HTT"'],
    says: METHOD_NOT_ALLOWED,
    ends: 1000,
    why: 'never answered: the port itself answers GET and HEAD',
  },
  {
    names: ['http "DELETE / H"', 'http "OPTIONS / "'],
    says: METHOD_NOT_ALLOWED,
    ends: 1000,
    why: 'taken for TCP and cut: they are HTTP like any other method',
  },
  {
    names: ['http "G"'],
    says: UPGRADE_REQUIRED,
    ends: 1000,
    why: 'a first segment of one letter is taken for TCP: one byte decides, so the rest may come later',
  },
  {
    names: ['two packages in one frame'],
    says: Buffer.concat([answer(1, '{"code":200}'), answer(2, '{"code":200}')]),
    why: 'closed: Pomelo itself sends such messages, so they are read, too',
  },
  {
    names: [
      'empty frame',
      'len smaller than frame',
      'truncated: len larger than frame',
      '1 byte frame 03',
      'package split over two frames',
    ],
    says: kick('truncated', 4400),
    ends: 4400,
    why: 'closed with 1000, or filled up with zeros and dispatched: half a package is none, and the kick says so',
  },
  {
    names: ['1 byte frame 01'],
    says: REFUSED,
    ends: 4400,
    why: 'the same answer; the close code 1000 says nothing',
  },
  {
    names: ['text frame handshake'],
    says: REFUSED,
    ends: 1003,
    why: 'accepted: no client sends text, and UTF-8 cannot carry binary messages',
  },
];
