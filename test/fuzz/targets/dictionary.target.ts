import type { RouteDictionary } from 'nestjs-pomelo-protocol';
import type { Protocol } from '../library.js';
import { invariant, textBytes, type FuzzTarget } from './fuzz-target.js';
import { JSON_TOKENS } from './json-tokens.js';

/** Of those in one input, as many are taken apart. */
const MOST_ROUTES = 8;
const OPEN_BRACE = 0x7b;
const limits = { maxBytes: 4096, maxDepth: 8 };

function checkConsistency(dictionary: RouteDictionary): void {
  const { routeToCode, codeToRoute, size } = dictionary;
  invariant(Object.keys(routeToCode).length === size, 'size counts routes');
  for (const [route, code] of Object.entries(routeToCode)) {
    invariant(dictionary.codeOf(route) === code, 'codeOf and routeToCode agree');
    invariant(dictionary.routeOf(code) === route, 'a code leads back to its route');
  }
  for (const [code, route] of Object.entries(codeToRoute)) {
    invariant(dictionary.routeOf(Number(code)) === route, 'routeOf and codeToRoute agree');
    invariant(dictionary.codeOf(route) !== undefined, 'every route that has a code can be sent by one');
  }
}

/** A server's dictionary, from lines: those before the first empty one are handlers. */
function checkServer(protocol: Protocol, text: string): void {
  const lines = text.split('\n');
  const split = lines.includes('') ? lines.indexOf('') : lines.length;
  const dictionary = build(protocol, lines.slice(0, split), lines.slice(split + 1));
  for (const line of lines.slice(0, MOST_ROUTES)) checkRoute(protocol, line);
  if (dictionary === undefined) return;
  checkConsistency(dictionary);
  const sent = JSON.parse(JSON.stringify(dictionary.routeToCode)) as Record<string, number>;
  const received = protocol.RouteDictionary.fromRouteToCode(sent);
  const isReceived = Object.entries(sent).every(([route, code]) => received.codeOf(route) === code);
  invariant(isReceived && received.size === dictionary.size, 'a client reads what the server sent');
}

/** Undefined when it is refused, which it is for a route that is too long alone. */
function build(
  { MAX_ROUTE_BYTES, ProtocolError, RouteDictionary: dictionaries }: Protocol,
  handlers: readonly string[],
  extras: readonly string[],
): RouteDictionary | undefined {
  const isTooLong = [...handlers, ...extras].some((line) => Buffer.byteLength(line) > MAX_ROUTE_BYTES);
  try {
    const dictionary = dictionaries.build(handlers, extras);
    invariant(!isTooLong, 'a route that is too long is refused');
    return dictionary;
  } catch (error) {
    if (isTooLong && error instanceof ProtocolError && error.code === 'ROUTE_TOO_LONG') return undefined;
    throw error;
  }
}

function checkRoute({ parseRoute }: Protocol, text: string): void {
  const route = parseRoute(text);
  const parts = text.split('.');
  const isRoute = parts.length === 3 && !parts.includes('');
  invariant((route !== undefined) === isRoute, 'a route is three parts that are not empty');
  if (route === undefined) return;
  invariant([route.serverType, route.handler, route.method].join('.') === text, 'the parts make the route');
}

/** A client's dictionary, from whatever a server may send. */
function checkClient({ parseJson, RouteDictionary }: Protocol, input: Uint8Array): void {
  const map = parseJson(input, 0, input.length, limits);
  if (typeof map !== 'object' || map === null) return;
  // The boundary at which a client trusts the type of what it was sent.
  const dictionary = RouteDictionary.fromRouteToCode(map as Record<string, number>);
  checkConsistency(dictionary);
}

/** What begins like JSON is read by a client; everything else makes the dictionary of a server. */
function check(protocol: Protocol, input: Uint8Array): void {
  if (input[0] === OPEN_BRACE) checkClient(protocol, input);
  else checkServer(protocol, Buffer.from(input).toString('utf8'));
}

/** Route dictionaries of servers and clients, and routes. */
export const dictionaryTarget: FuzzTarget = {
  name: 'dictionary',
  maxBytes: 300,
  seeds: [
    ...textBytes(
      'connector.entryHandler.enter\nchat.chatHandler.send\n\nonChat\nonAdd',
      'a.b.c\n\na.b.c\na.b.c',
    ),
    ...textBytes(
      '{"connector.entryHandler.enter":1,"chat.chatHandler.send":2,"onChat":3}',
      '{"a":1,"b":1,"__proto__":2,"c":65536}',
    ),
  ],
  tokens: [
    ...JSON_TOKENS,
    ...textBytes('\n', '\n\n', '.', '__proto__', 'toString', '65535', '65536', '0.5', 'a.b.c'),
  ],
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
