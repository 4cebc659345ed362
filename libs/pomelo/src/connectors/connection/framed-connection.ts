import { ConnectionState } from './client-connection.js';
import type { FrameSink, FrameStream } from './frame-stream.js';
import { HoldingConnection } from './holding-connection.js';

/** A client whose protocol is frames with a length in front. */
export abstract class FramedConnection extends HoldingConnection implements FrameSink {
  protected abstract readonly frames: FrameStream;

  onStream(chunk: Buffer): void {
    if (this.state >= ConnectionState.Closing) return;
    const refusal = this.frames.push(chunk, this);
    if (refusal !== undefined) this.refuse('package', refusal);
  }

  onFrame(frame: Buffer): boolean {
    this.take(frame);
    return this.state < ConnectionState.Closing;
  }
}
