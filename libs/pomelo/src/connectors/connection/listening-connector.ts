import type { ResolvedEdge } from '../../edge/edge-options.js';
import type { Listener } from './listener.js';

/** A connector with ports of its own, and what may be done with them while they are open. */
export abstract class ListeningConnector {
  protected abstract readonly settings: { readonly edge: ResolvedEdge };
  protected readonly listeners: Listener[] = [];

  /** Stops accepting and ends every connection. */
  async stop(): Promise<void> {
    await Promise.all(this.listeners.splice(0).map((listener) => listener.stop()));
  }

  /** Reads the certificates again, for new connections: for a signal handler. Connected clients keep theirs. */
  reload(): void {
    for (const listener of this.listeners) listener.reload();
  }

  /** Refuses new connections of these addresses and CIDR ranges, and of no others. Closes nobody. Throws `OPTION_INVALID`. */
  setBlacklist(addresses: readonly string[]): void {
    this.settings.edge.denied.set(addresses);
  }

  /** Asks the function in the option `blacklist` again. Rejects when it fails, and the old list stays. */
  updateBlacklist(): Promise<void> {
    return this.settings.edge.denied.update();
  }
}
