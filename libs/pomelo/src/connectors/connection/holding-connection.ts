import { ClientConnection, ConnectionState } from './client-connection.js';
import { HeldMessages } from './held-messages.js';

/** A client whose messages wait while the application decides about it, or reads nothing. */
export abstract class HoldingConnection extends ClientConnection {
  private held: HeldMessages | undefined = undefined;

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
    held?.release((_kind, message) => {
      if (this.state < ConnectionState.Closing) this.receive(message);
      return !this.isPaused;
    });
    if (held?.isEmpty === true) this.held = undefined;
  }

  private hold(message: Buffer): void {
    this.held ??= new HeldMessages();
    this.held.hold(undefined, message);
    if (this.state === ConnectionState.Admission && this.held.bytes > this.context.limits.handshakeBytes)
      this.refuse('handshake', 'before_ack');
  }
}
