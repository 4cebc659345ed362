import { ClientConnection, ConnectionState } from './client-connection.js';

/** A client whose messages wait while the application decides about it, or reads nothing. */
export abstract class HoldingConnection extends ClientConnection {
  private held: Buffer[] | undefined = undefined;
  private nextHeld = 0;
  private heldBytes = 0;

  /** One complete message, at its time. */
  protected abstract receive(message: Buffer): void;

  /** Takes a complete message, which is received now or later. */
  protected take(message: Buffer): void {
    if (this.state === ConnectionState.Admission || this.isPaused || this.held !== undefined)
      this.hold(message);
    else this.receive(message);
  }

  protected resumed(): void {
    const { held } = this;
    if (held === undefined) return;
    // A message may pause and resume again: each is received once all the same.
    while (this.nextHeld < held.length && !this.isPaused && this.state < ConnectionState.Closing) {
      const message = held[this.nextHeld];
      this.nextHeld += 1;
      if (message !== undefined) this.receive(message);
    }
    if (this.nextHeld < held.length || this.held !== held) return;
    this.held = undefined;
    this.nextHeld = 0;
  }

  private hold(message: Buffer): void {
    this.held ??= [];
    this.held.push(Buffer.from(message));
    this.heldBytes += message.length;
    if (this.state === ConnectionState.Admission && this.heldBytes > this.context.limits.handshakeBytes)
      this.refuse('handshake', 'before_ack');
  }
}
