import { encodeMessage, encodePackage, MessageType, PackageType } from 'nestjs-pomelo-protocol';
import { textBytes } from '../../fuzz/targets/fuzz-target.js';
import { JSON_TOKENS } from '../../fuzz/targets/json-tokens.js';

/** Handlers of the conformance server that cost it no more than their body does. */
export const ROUTES: readonly [string, ...string[]] = [
  'connector.echoHandler.echo',
  'connector.echoHandler.ping',
  'connector.echoHandler.note',
  'connector.echoHandler.bind',
  'connector.echoHandler.enter',
  'connector.echoHandler.kickMe',
  'connector.echoHandler.throwAsync',
  'connector.echoHandler.bigint',
  'connector.echoHandler.hang',
  'connector.entryHandler.echo',
  'connector.entryHandler.join',
  'connector.entryHandler.bcast',
];

/** Bodies that these handlers take. */
export const BODIES: readonly Uint8Array[] = textBytes(
  '{"uid":"ann","reason":"bye","text":"\u00e9\u4e16\ud83d\ude00"}',
  '[[[[1]]],"a",-1.5e3,null]',
  '{"uid":{"toString":1},"reason":[]}',
  '"text"',
);

/** A handshake that is accepted. */
export const HANDSHAKE = encodePackage(
  PackageType.Handshake,
  textBytes('{"sys":{"type":"fuzz","version":"1"},"user":{"a":[1]}}')[0],
);
export const ACK = encodePackage(PackageType.HandshakeAck);
export const HEARTBEAT = encodePackage(PackageType.Heartbeat);

/** Messages in which there is nothing wrong, or nothing but what they ask for. */
export const MESSAGES: readonly Uint8Array[] = [
  ...ROUTES.flatMap((route, index) => [
    encodeMessage({ type: MessageType.Request, id: 1 + index * 77, route }, BODIES[index % BODIES.length]),
    encodeMessage({ type: MessageType.Notify, route }, BODIES[(index + 1) % BODIES.length]),
  ]),
  encodeMessage({ type: MessageType.Request, id: 2, route: 'connector.noHandler.none' }),
  encodeMessage({ type: MessageType.Request, id: 2 ** 40, route: 1 }, BODIES[0]),
  encodeMessage({ type: MessageType.Request, id: 3, route: ROUTES[0], compressedBody: true }, BODIES[0]),
  encodeMessage({ type: MessageType.Response, id: 3 }, BODIES[0]),
  encodeMessage({ type: MessageType.Push, route: 'onPush' }, BODIES[0]),
];

/** Packages of every kind. */
export const PACKAGES: readonly Uint8Array[] = [
  HANDSHAKE,
  ACK,
  HEARTBEAT,
  ...textBytes('{"sys":{"platform":"mac","libVersion":"0.3.5"},"user":{}}').map((body) =>
    encodePackage(PackageType.Handshake, body),
  ),
  encodePackage(PackageType.Kick, BODIES[0]),
  ...MESSAGES.map((message) => encodePackage(PackageType.Data, message)),
];

/** Pieces of packages, messages and JSON. */
export const TOKENS: readonly Uint8Array[] = [
  ...JSON_TOKENS,
  ...textBytes('"sys":', '"user":', '"uid":', 'connector.', 'Handler.'),
  ...['04ffffff', '00000000', '0100', 'ffffffffffffff7f', '8080808080808001', '789c'].map((hex) =>
    Buffer.from(hex, 'hex'),
  ),
];
