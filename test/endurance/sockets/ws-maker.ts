import type { Prng } from '../../fuzz/prng.js';

const UPGRADE =
  'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n';

const FIN = 0x80;
const MASKED = 0x80;
const CONTINUATION = 0;
const TEXT = 1;
const BINARY = 2;
const PING = 9;

/** Makes WebSocket frames, right and wrong. */
export class WebSocketMaker {
  constructor(private readonly prng: Prng) {}

  /** A request that becomes a WebSocket. */
  upgrade(): Uint8Array {
    return Buffer.from(UPGRADE, 'latin1');
  }

  /** A request of which a byte is another. */
  brokenUpgrade(): Uint8Array {
    return this.#damage(this.upgrade(), UPGRADE.length);
  }

  /** The payload as one message: whole, in two fragments with a ping between, or after a ping. */
  framed(payload: Uint8Array): Uint8Array {
    const kind = this.prng.below(10);
    if (kind > 1) return this.#frame(FIN | BINARY, payload);
    const ping = this.#frame(FIN | PING, payload.subarray(0, 125));
    if (kind === 0) return Buffer.concat([ping, this.#frame(FIN | BINARY, payload)]);
    const middle = this.prng.below(payload.length + 1);
    const [head, tail] = [payload.subarray(0, middle), payload.subarray(middle)];
    return Buffer.concat([this.#frame(BINARY, head), ping, this.#frame(FIN | CONTINUATION, tail)]);
  }

  /** The same with a head that is wrong, without a mask, or as text. */
  broken(payload: Uint8Array): Uint8Array {
    const kind = this.prng.below(4);
    if (kind === 0) return this.#frame(FIN | TEXT, payload);
    if (kind === 1) return this.#frame(this.prng.below(256), payload);
    if (kind === 2) return Buffer.concat([Uint8Array.of(FIN | BINARY, payload.length & 0x7d), payload]);
    return this.#damage(this.#frame(FIN | BINARY, payload), 14);
  }

  #frame(head: number, payload: Uint8Array): Uint8Array {
    const { length } = payload;
    const size = length < 126 ? [MASKED | length] : [MASKED | 126, length >> 8, length & 0xff];
    const mask = Array.from({ length: 4 }, () => this.prng.below(256));
    const body = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
    return Buffer.concat([Uint8Array.of(head, ...size, ...mask), body]);
  }

  #damage(bytes: Uint8Array, length: number): Uint8Array {
    bytes[this.prng.below(Math.min(length, bytes.length))] = this.prng.below(256);
    return bytes;
  }
}
