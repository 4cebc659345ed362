import { once } from 'node:events';
import type { ContractMessage, ContractPeer, ReceivedMessage } from 'nestjs-pomelo/testing';
import { WebSocket, type ClientOptions } from 'ws';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from '../support/pomelo-app.js';
import { messageText, readableMessages } from './sio-peer.js';

/** What revision of the engine's protocol a raw client speaks. */
export type Revision = 3 | 4;

/** A socket.io client of one's own over WebSocket, which says what no library says. */
export class RawSio implements ContractPeer {
  /** Every text that came, in order. */
  readonly texts: string[] = [];
  readonly closed: Promise<number>;
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();
  private readonly packets = new AsyncQueue<string>();

  private constructor(readonly webSocket: WebSocket) {
    webSocket.on('error', () => {}).on('message', (data: Buffer) => this.take(data.toString()));
    this.closed = new Promise((resolve) => webSocket.once('close', resolve));
    void this.closed.then(() => {
      this.received.put(undefined);
      this.packets.put('');
    });
    closeAfterTest({ close: async () => webSocket.terminate() });
  }

  /** Opens the WebSocket, and waits for the first word of the server. */
  static async open(port: number, revision: Revision = 4, options: ClientOptions = {}): Promise<RawSio> {
    const url = `ws://127.0.0.1:${port}/socket.io/?EIO=${revision}&transport=websocket`;
    const raw = new RawSio(new WebSocket(url, options));
    if (!(await raw.packets.take()).startsWith('0')) throw new Error('the WebSocket was refused');
    return raw;
  }

  /** Opens it, and is connected. */
  static async ready(port: number, revision: Revision = 4): Promise<RawSio> {
    const raw = await RawSio.open(port, revision);
    if (revision === 4) raw.say('40');
    if (!(await raw.packets.take()).startsWith('40')) throw new Error('the client was refused');
    return raw;
  }

  /** The next packet that is no message, such as `3` and `0{"sid":…}`; empty at the end. */
  packet(): Promise<string> {
    return this.packets.take();
  }

  /** Sends packets of the engine. */
  say(...packets: readonly (string | Buffer)[]): void {
    for (const packet of packets) this.webSocket.send(packet);
  }

  /** Sends events of one's own words. */
  event(...words: readonly unknown[]): void {
    this.say(`42${JSON.stringify(words)}`);
  }

  send(...messages: readonly ContractMessage[]): void {
    for (const message of messages) this.event('message', textOf(message));
  }

  async sendInPieces(message: ContractMessage): Promise<void> {
    const bytes = Buffer.from(`42${JSON.stringify(['message', textOf(message)])}`);
    for (const [index, byte] of bytes.entries()) {
      this.webSocket.send(Buffer.of(byte), { binary: false, fin: index === bytes.length - 1 });
      await new Promise(setImmediate);
      await new Promise(setImmediate);
    }
  }

  sendBytes(bytes: Buffer): void {
    this.webSocket.send(bytes, { binary: false });
  }

  stopReading(): void {
    this.webSocket.pause();
  }

  receive(): Promise<ReceivedMessage | undefined> {
    return this.received.take();
  }

  close(): void {
    this.webSocket.close();
  }

  abort(): void {
    this.webSocket.terminate();
  }

  private take(packet: string): void {
    if (!packet.startsWith('42')) {
      this.packets.put(packet);
      return;
    }
    const [, text] = JSON.parse(packet.slice(2)) as [string, string];
    this.texts.push(text);
    for (const message of readableMessages(text)) this.received.put(message);
  }
}

/** Fulfils when the server has closed the WebSocket. */
export async function isClosed(raw: RawSio): Promise<void> {
  if (raw.webSocket.readyState !== WebSocket.CLOSED) await once(raw.webSocket, 'close');
}

function textOf({ id, route, body }: ContractMessage): string {
  return messageText(id, route, JSON.stringify(body));
}
