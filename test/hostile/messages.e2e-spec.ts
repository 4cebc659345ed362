import { message, pack, request } from '../conformance/support/wire-bytes.js';
import { expectRefusal } from './support/refusals.js';
import { attackedServer } from './support/row.js';

// Large enough for an id of a megabyte to be looked at.
const { row } = attackedServer({ limits: { packageBytes: 2 * 1024 * 1024 }, hybrid: { dictionary: true } });

const ECHO = 'connector.echoHandler.echo';
const NOT_FOUND = { code: 404, msg: expect.any(String) };

/** A DATA package with these bytes in front. */
const data = (hex: string, ...rest: readonly string[]): Buffer => pack(4, Buffer.from(hex, 'hex'), ...rest);

/** Sends one package to a working session, which is closed for it. */
function closedFor(number: number, variant: string, reason: string, bytes: Buffer, counter = reason): void {
  row(number, { variant, counts: { [counter]: 1 } }, async ({ working }) => {
    const client = await working();
    client.send(bytes);
    await expectRefusal(client, reason, 4400);
  });
}

/** Asks for a route that is none: 404 under the same id, and the connection goes on. */
function notFound(number: number, variant: string, bytes: Buffer, id: number): void {
  row(number, { variant }, async ({ working }) => {
    const client = await working();
    client.send(bytes);
    expect(await client.answer(id)).toEqual(NOT_FOUND);
    expect(await client.ask(90, ECHO, '"still here"')).toBe('still here');
  });
}

describe('a message that cannot be read', () => {
  closedFor(82, 'a request', 'truncated', data('00'));
  closedFor(82, 'a notify', 'truncated', data('02'));
  closedFor(83, 'id 5', 'truncated', data('0005'));
  // An id that the message cuts off is called what every other cut is called.
  closedFor(84, '00 80 80', 'truncated', data('008080'));
  closedFor(86, '2^64', 'bad_id', data(`00${'ff'.repeat(9)}01`, '\u0001a{}'));
  closedFor(86, '2^53', 'bad_id', data('008080808080808010', '\u0001a{}'));
  closedFor(87, '0x80', 'bad_id', pack(4, [0], Buffer.alloc(1_000_000, 0x80)));
  closedFor(88, 'with a route', 'bad_id', data('0000', `\u001a${ECHO}{}`));
  closedFor(90, '255 of 1', 'truncated', data('0001ff61'));
  closedFor(92, 'with a route', 'bad_message_type', data('0e01', `\u001a${ECHO}{}`));
  for (const type of [4, 5, 6]) {
    const flag = (type << 1).toString(16).padStart(2, '0');
    closedFor(92, `type ${type}`, 'bad_message_type', data(flag, '\u0001a{}'));
  }
  closedFor(93, 'a response', 'bad_message_type', data('0401', '{}'));
  closedFor(93, 'a push', 'bad_message_type', message(6, 0, ECHO));
});

describe('an id that is unusual', () => {
  for (const id of [2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]) {
    row(85, { variant: String(id) }, async ({ working }) => {
      const client = await working();
      expect(await client.ask(id, ECHO, '"large"')).toBe('large');
    });
  }

  row(85, { variant: 'not minimal' }, async ({ working }) => {
    const client = await working();
    client.send(pack(4, [0, 0x87, 0x80, 0x80, 0], [ECHO.length], ECHO, '"long"'));
    expect(await client.answer(7)).toBe('long');
  });

  // Who uses an id twice gets both answers: only the client can mix them up.
  row(89, { counts: {} }, async ({ working }) => {
    const client = await working();
    client.send(
      request(7, 'connector.echoHandler.later', '1'),
      request(7, 'connector.echoHandler.later', '2'),
    );
    expect([await client.answer(7), await client.answer(7)]).toEqual([1, 2]);
  });
});

describe('a route that is none', () => {
  notFound(91, 'a request', data('000100', '{}'), 1);
  notFound(94, 'code ffff', data('0101ffff', '{}'), 1);
  notFound(94, 'code 0', data('01010000', '{}'), 1);
  for (const route of [
    'connector.echoHandler.nope',
    'connector.nope.echo',
    'nope.echoHandler.echo',
    'connector.echoHandler',
    'connector.echoHandler.echo.more',
  ])
    notFound(95, route, request(1, route), 1);
  notFound(96, 'abc', request(2, 'abc'), 2);
  notFound(96, '250 dots', request(2, '.'.repeat(250)), 2);
  notFound(97, 'line ends and escapes', request(3, 'a\r\nFAKE\u001b[31m'), 3);
  notFound(97, 'bad UTF-8', pack(4, [0, 3, 4, 0x61, 0xff, 0xfe, 0xc0], '{}'), 3);
  for (const route of [
    '__proto__.constructor.call',
    'connector.__proto__.toString',
    'connector.constructor.constructor',
    'connector.echoHandler.__proto__',
  ])
    notFound(98, route, request(4, route), 4);
  for (const method of ['toString', 'valueOf', 'hasOwnProperty', '__defineGetter__', 'constructor'])
    notFound(99, method, request(5, `connector.echoHandler.${method}`, '[]'), 5);
  notFound(99, 'of a class above', request(5, 'connector.inheritingHandler.grantEverything'), 5);
  notFound(100, '_internalGrantGold', request(6, 'connector.inheritingHandler._internalGrantGold'), 6);
});
