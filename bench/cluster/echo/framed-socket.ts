import type { Socket } from 'node:net';

const LENGTH_BYTES = 4;

/** Frames on a TCP socket, each behind its length as u32; those of one turn leave in one write. */
export class FramedSocket {
  private waiting: Buffer[] = [];
  private rest: Buffer = Buffer.alloc(0);

  constructor(
    private readonly socket: Socket,
    private readonly receive: (frame: Buffer) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.read(bytes));
  }

  /** Sends a frame made of parts. */
  send(...parts: readonly Buffer[]): void {
    const head = Buffer.allocUnsafe(LENGTH_BYTES);
    head.writeUInt32BE(parts.reduce((sum, { length }) => sum + length, 0));
    if (this.waiting.length === 0) setImmediate(() => this.flush());
    this.waiting.push(head, ...parts);
  }

  private flush(): void {
    this.socket.write(Buffer.concat(this.waiting));
    this.waiting = [];
  }

  private read(bytes: Buffer): void {
    const all = this.rest.length === 0 ? bytes : Buffer.concat([this.rest, bytes]);
    let at = 0;
    while (all.length - at >= LENGTH_BYTES) {
      const end = at + LENGTH_BYTES + all.readUInt32BE(at);
      if (end > all.length) break;
      this.receive(all.subarray(at + LENGTH_BYTES, end));
      at = end;
    }
    this.rest = all.subarray(at);
  }
}
