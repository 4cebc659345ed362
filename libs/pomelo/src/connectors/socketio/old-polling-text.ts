const BEYOND_ASCII = /[^\0-\x7f]/;
const EVERY_BEYOND_ASCII = /[^\0-\x7f]/g;
const BEYOND_LATIN1 = /[^\0-\xff]/;

/**
 * Text of a client that polls with the engine's old protocol. Clients of socket.io 1 encode it as UTF-8 twice, those of
 * socket.io 2 do not, and nothing else tells them apart; socket.io itself expects the latter. One object a client.
 */
export class OldPollingText {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private isPlain = false;

  /** What the client meant. */
  read(text: string): string {
    if (this.isPlain || !BEYOND_ASCII.test(text)) return text;
    try {
      if (!BEYOND_LATIN1.test(text)) return this.decoder.decode(Buffer.from(text, 'latin1'));
    } catch {
      // No UTF-8: nobody has encoded it twice.
    }
    this.isPlain = true;
    return text;
  }
}

/** JSON text that reads the same however often it is encoded as UTF-8. */
export function escapeBeyondAscii(json: string): string {
  if (!BEYOND_ASCII.test(json)) return json;
  return json.replace(EVERY_BEYOND_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
