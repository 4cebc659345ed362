import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { encodeMessage, encodePackage, MessageType, PackageType } from 'nestjs-pomelo-protocol';
import { ACK, HANDSHAKE, HEARTBEAT } from '../sockets/seeds.js';
import type { SoakClient } from './client.js';

const PERIOD_MS = 1_000;
/** Seconds without reading, of every so many. */
const DEAF_OF = 4;
const PUSHES = encodePackage(
  PackageType.Data,
  encodeMessage(
    { type: MessageType.Request, id: 1, route: 'connector.echoHandler.pushMe' },
    new TextEncoder().encode('{"n":100}'),
  ),
);

/** Asks for a hundred pushes every second, and reads in one second of four. */
export class SlowClient implements SoakClient {
  #seconds = 0;
  readonly #timer: NodeJS.Timeout;

  private constructor(private readonly socket: Socket) {
    this.#timer = setInterval(() => this.#beat(), PERIOD_MS);
    // It may be dropped for its slowness.
    socket.on('error', () => {});
    socket.on('data', () => {});
    socket.once('close', () => clearInterval(this.#timer));
  }

  /** Connects and shakes hands. */
  static async arrive(port: number): Promise<SlowClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    socket.write(HANDSHAKE);
    await once(socket, 'data');
    socket.write(ACK);
    return new SlowClient(socket);
  }

  async leave(): Promise<void> {
    if (this.socket.closed) return;
    const closed = once(this.socket, 'close');
    this.socket.destroy();
    await closed;
  }

  #beat(): void {
    this.#seconds++;
    if (this.#seconds % DEAF_OF === 0) this.socket.resume();
    else this.socket.pause();
    this.socket.write(HEARTBEAT);
    this.socket.write(PUSHES);
  }
}
