import { escapeBeyondBmp } from './json-escape.js';
import { encodePackage, PackageType } from './package.js';
import { utf8Encode } from './text.js';

/**
 * A whole KICK package, `{"reason":…}` first and then the extra keys, such as `code` and `retryAfter`. It always has a
 * body: the JavaScript clients parse it without looking.
 * @throws ProtocolError PACKAGE_TOO_BIG, and what JSON.stringify throws for extras that are not JSON.
 */
export function encodeKick(reason: string, extra?: Readonly<Record<string, unknown>>): Uint8Array {
  // Named first and last: the first gives the key its place, the last keeps an extra key from taking it over.
  const body = Object.assign({ reason }, extra, { reason });
  return encodePackage(PackageType.Kick, utf8Encode(escapeBeyondBmp(JSON.stringify(body))));
}
