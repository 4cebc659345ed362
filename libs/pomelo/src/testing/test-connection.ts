import type { ClientManager, ClientSocket, CloseReason } from '../connectors/connector.interface.js';
import { reportReject } from '../diagnostics.js';
import type { ByteCounts } from '../edge/connection-quota.js';
import type { Session } from '../sessions/session.js';
import { later } from './later.js';

/** The end of a {@link TestConnection} that a test holds. */
export interface TestPeer {
  onMessage(message: Buffer): void;
  /** The connection has ended; `reason` is what the server said. */
  onEnd(reason: string | undefined): void;
}

/** The server's end of a connection that is only two queues. */
export class TestConnection implements ClientSocket, ByteCounts {
  declare session: Session;
  bytesRead = 0;
  bytesWritten = 0;
  /** Fulfils when the framework has heard of the end. */
  readonly ended: Promise<void>;
  private readonly inward: Buffer[] = [];
  private readonly outward: Buffer[] = [];
  private peer: TestPeer | undefined;
  private isPaused = false;
  private isEnding = false;
  private tellEnded: () => void = () => {};

  constructor(
    private readonly manager: ClientManager,
    readonly remoteAddress: string,
  ) {
    this.ended = new Promise((resolve) => (this.tellEnded = resolve));
  }

  /** Nobody has ended it. */
  get isOpen(): boolean {
    return !this.isEnding;
  }

  // ---- what the framework calls

  send(message: Buffer): boolean {
    if (this.isEnding) return false;
    this.bytesWritten += message.length;
    this.outward.push(message);
    later(() => this.deliver());
    return true;
  }

  close(reason?: string): void {
    this.end(reason ?? 'closed', reason);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    later(() => this.read());
  }

  // ---- what the client calls

  /** Takes what the server has sent so far, and everything from now on. */
  attach(peer: TestPeer): void {
    this.peer = peer;
    later(() => this.deliver());
  }

  /** The client sends a message. */
  write(message: Buffer): void {
    this.inward.push(message);
    later(() => this.read());
  }

  /** The client leaves, after everything that it has sent. */
  leave(): void {
    later(() => this.end('peer_closed'));
  }

  private read(): void {
    while (!this.isPaused && !this.isEnding) {
      const message = this.inward.shift();
      if (message === undefined) return;
      this.bytesRead += message.length;
      if (message.length <= this.manager.limits.packageBytes) this.manager.handleMsg(this, message);
      else {
        reportReject('package', 'oversize', this.constructor.name);
        this.close('oversize');
      }
    }
  }

  private deliver(): void {
    const { peer } = this;
    if (peer !== undefined) for (const message of this.outward.splice(0)) peer.onMessage(message);
  }

  private end(reason: CloseReason, told?: string): void {
    if (this.isEnding) return;
    this.isEnding = true;
    later(() => {
      this.manager.removeClient(this, reason);
      this.peer?.onEnd(told);
      this.tellEnded();
    });
  }
}
