import { createHash } from 'node:crypto';

/** Base64 of the md5 of a text: how Pomelo 2.2.7 makes the versions of dictionary and schemas. */
export function md5Base64(text: string): string {
  return createHash('md5').update(text).digest('base64');
}
