import type { ServerResponse } from 'node:http';

/** The HTTP requests of one polling client: at most one that waits for messages, and one that brings some. */
export class PollingExchanges {
  private readonly open = new Map<ServerResponse, string>();
  private held: { readonly response: ServerResponse; readonly proceed: () => void } | undefined = undefined;
  private isPaused = false;

  /** `onMoved` is called whenever an answer has left. */
  constructor(private readonly onMoved: () => void) {}

  /** Bytes of answers that the client has not taken yet. */
  get unreadBytes(): number {
    let bytes = 0;
    for (const response of this.open.keys()) bytes += response.writableLength;
    return bytes;
  }

  /** Begins one, now or later; false when the client has not waited for the answer to its last one of this method. */
  begin(method: string, response: ServerResponse, proceed: () => void): boolean {
    for (const [other, otherMethod] of this.open)
      if (otherMethod === method && !other.writableEnded) return false;
    this.open.set(response, method);
    response.once('close', () => this.ended(response));
    // What it brings stays in its connection, where the client notices that nobody reads it.
    if (this.isPaused && method === 'POST') this.held = { response, proceed };
    else proceed();
    return true;
  }

  /** Takes in no messages. */
  pause(): void {
    this.isPaused = true;
  }

  /** Takes in messages again. */
  resume(): void {
    this.isPaused = false;
    const { held } = this;
    this.held = undefined;
    held?.proceed();
  }

  /** Cuts every connection that still waits for its answer. */
  cut(): void {
    for (const response of this.open.keys()) response.destroy();
  }

  private ended(response: ServerResponse): void {
    this.open.delete(response);
    if (this.held?.response === response) this.held = undefined;
    this.onMoved();
  }
}
