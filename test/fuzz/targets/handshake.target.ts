import type { Protocol } from '../library.js';
import { invariant, textBytes, type FuzzTarget } from './fuzz-target.js';
import { JSON_TOKENS } from './json-tokens.js';
import { jsonSeeds } from './seeds.js';

const limits = { maxBytes: 160, maxDepth: 8 };
const TEXT_FIELDS = ['type', 'version', 'platform', 'libVersion'] as const;

function check(
  { readHandshakeRequest, parseJson, detectDialect, JsonRefusal }: Protocol,
  input: Uint8Array,
): void {
  const request = readHandshakeRequest(input, 0, input.length, limits);
  const value = parseJson(input, 0, input.length, limits);
  if (request instanceof JsonRefusal) {
    invariant(request === value || request === JsonRefusal.BadJson, 'a handshake is refused as its JSON is');
    return;
  }
  invariant(
    typeof request.sys === 'object' && request.sys !== null && !Array.isArray(request.sys),
    'sys is an object',
  );
  invariant(
    TEXT_FIELDS.every((field) => ['string', 'undefined'].includes(typeof request.sys[field])),
    'text is text',
  );
  const isPitaya = request.sys.platform !== undefined && request.sys.libVersion !== undefined;
  invariant(
    detectDialect(request) === (isPitaya ? 'pitaya' : 'pomelo'),
    'the dialect follows from two fields',
  );
  invariant(!JSON.stringify(request).includes('"__proto__":'), 'no key reaches a prototype');
}

/** Bodies of HANDSHAKE packages. */
export const handshakeTarget: FuzzTarget = {
  name: 'handshake',
  maxBytes: 200,
  seeds: [
    ...jsonSeeds('live.handshake'),
    ...textBytes(
      '{"sys":{"platform":"mac","libVersion":"0.3.5","clientBuildNumber":"20"},"user":{}}',
      '{"sys":0}',
      '{"sys":{"__proto__":1},"user":{"\\u005f_proto__":{}}}',
    ),
  ],
  tokens: [
    ...JSON_TOKENS,
    ...textBytes('{"sys":', '"platform":', '"libVersion":', '"type":', '"version":', '"user":'),
  ],
  prepare:
    ({ protocol }) =>
    (input) =>
      check(protocol, input),
};
