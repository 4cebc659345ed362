import type { ParsedProtos } from './parsed-protos.js';

/**
 * The version by which a client knows whether its stored schemas are current: Base64 of the MD5 of the JSON of both
 * parsed schemas, client to server first (Pomelo 2.2.7). The hash is the caller's, because a browser has no MD5.
 */
export function protosVersion(
  client: ParsedProtos,
  server: ParsedProtos,
  md5Base64: (text: string) => string,
): string {
  return md5Base64(JSON.stringify(client) + JSON.stringify(server));
}
