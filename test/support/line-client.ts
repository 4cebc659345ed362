import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { AsyncQueue } from '../client/async-queue.js';
import { closeAfterTest } from './pomelo-app.js';

/** A client of the line connector in `test/fixtures`. */
export class LineClient {
  /** Every line that came, parsed; `undefined` is the end. */
  readonly lines = new AsyncQueue<unknown>();
  readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    createInterface({ input: socket })
      .on('line', (line) => this.lines.put(JSON.parse(line)))
      .on('close', () => this.lines.put(undefined));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', resolve));
  }

  static async open(port: number): Promise<LineClient> {
    const socket = connect({ port, host: '127.0.0.1' });
    await once(socket, 'connect');
    return closeAfterTest(new LineClient(socket));
  }

  /** Sends values as lines, in one write. */
  send(...values: readonly unknown[]): void {
    this.socket.write(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
  }

  /** Sends a request and takes the next line. */
  ask(id: number, route: string, body: unknown = {}): Promise<unknown> {
    this.send({ id, route, body });
    return this.lines.take();
  }

  async close(): Promise<void> {
    this.socket.destroy();
    await this.closed;
  }
}
