import type { Socket } from 'node:net';

/** What the first byte of a connection says about it. */
export type FirstByte = 'pomelo' | 'http' | 'unknown';

/** Decides on the first byte alone: package types are 1 to 5, methods of HTTP are capital letters. */
export function readFirstByte(byte: number | undefined): FirstByte {
  if (byte === undefined) return 'unknown';
  if (byte >= 1 && byte <= 5) return 'pomelo';
  return byte >= 0x41 && byte <= 0x5a ? 'http' : 'unknown';
}

/** Where connections go. */
export interface PortSwitchTargets {
  /** A TCP client with its first bytes. */
  pomelo(socket: Socket, chunk: Buffer, acceptedAt: number): void;
  /** An HTTP connection; its first bytes are in the socket again. */
  http(socket: Socket, acceptedAt: number): void;
  /** Bytes of neither. */
  unknown(socket: Socket): void;
}

/** Holds new connections until their first byte, and cuts those that stay silent. */
export class PortSwitch {
  private readonly undecided = new Map<Socket, number>();

  constructor(private readonly targets: PortSwitchTargets) {}

  /** Takes a new connection. */
  accept(socket: Socket, now: number): void {
    this.undecided.set(socket, now);
    // Before anything else: a peer may be gone already, and an error without a listener would end the process.
    socket.on('error', ignore);
    socket.once('close', () => this.undecided.delete(socket));
    socket.once('data', (chunk: Buffer) => this.decide(socket, chunk, now));
  }

  /** Ends what has been silent since before `limit`. Gives how many. */
  sweep(limit: number): number {
    let count = 0;
    for (const [socket, acceptedAt] of this.undecided) {
      if (acceptedAt > limit) break;
      socket.destroy();
      count += 1;
    }
    return count;
  }

  /** Ends all of them. */
  close(): void {
    for (const socket of this.undecided.keys()) socket.destroy();
  }

  private decide(socket: Socket, chunk: Buffer, acceptedAt: number): void {
    this.undecided.delete(socket);
    const kind = readFirstByte(chunk[0]);
    if (kind === 'pomelo') this.targets.pomelo(socket, chunk, acceptedAt);
    else if (kind === 'unknown') this.targets.unknown(socket);
    else {
      // Paused first: bytes that are put back while the stream flows would be lost.
      socket.pause();
      socket.unshift(chunk);
      this.targets.http(socket, acceptedAt);
      socket.resume();
    }
  }
}

function ignore(): void {}
