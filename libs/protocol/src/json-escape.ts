const SURROGATE = /[\ud800-\udfff]/;
const EVERY_SURROGATE = /[\ud800-\udfff]/g;

/**
 * JSON text whose characters beyond U+FFFF are written as `\ud83d\ude00`. The JavaScript clients of Pomelo cannot read
 * UTF-8 of four bytes, and lose the answer that has one; every JSON reader reads the escapes. Other text is returned as
 * it is.
 */
export function escapeBeyondBmp(json: string): string {
  if (!SURROGATE.test(json)) return json;
  return json.replace(EVERY_SURROGATE, (half) => `\\u${half.charCodeAt(0).toString(16)}`);
}
