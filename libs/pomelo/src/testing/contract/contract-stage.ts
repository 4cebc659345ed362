import { fail } from 'node:assert/strict';
import type { ListenAddress } from '../../cluster/server-info.interface.js';
import type { Connector } from '../../connectors/connector.interface.js';
import type { ConnectorHarness, ContractPeer } from './connector-harness.interface.js';
import { Patience } from './patience.js';
import { RecordingManager, type RecordingOptions } from './recording-manager.js';
import { Visitor } from './visitor.js';

const PATIENCE_MS = 5000;

/** A connector that has been started, its manager and its clients: what a case plays on. */
export class ContractStage {
  readonly patience: Patience;
  readonly connector: Connector;
  readonly manager: RecordingManager;
  /** Where the connector listens. */
  addresses: readonly ListenAddress[] = [];
  private readonly connectors: Connector[] = [];
  private readonly peers: ContractPeer[] = [];

  private constructor(
    readonly harness: ConnectorHarness,
    options: RecordingOptions,
  ) {
    this.patience = new Patience(harness.patienceMs ?? PATIENCE_MS);
    this.connector = harness.create(0);
    this.manager = new RecordingManager(this.connector, options);
  }

  /** Starts a connector, plays, and clears up. Rejects also when the connector broke a promise meanwhile. */
  static async play(
    harness: ConnectorHarness,
    options: RecordingOptions,
    play: (stage: ContractStage) => Promise<void>,
  ): Promise<void> {
    const stage = new ContractStage(harness, options);
    try {
      stage.addresses = await stage.start(stage.connector);
      await play(stage);
    } catch (error) {
      // A promise that was broken before explains more than what came of it.
      stage.failOnViolation();
      throw error;
    } finally {
      await stage.clearUp();
    }
    stage.failOnViolation();
  }

  /** Starts a connector, which is stopped after the case. */
  async start(connector: Connector): Promise<readonly ListenAddress[]> {
    this.connectors.push(connector);
    return this.patience.of(connector.start(this.manager), 'start() did not settle.');
  }

  /** Stops a connector. */
  async stop(connector = this.connector): Promise<void> {
    await this.patience.of(connector.stop(), 'stop() did not settle.');
  }

  /** Connects a peer, whether or not the manager hears of it. Rejects as the harness does. */
  async connect(address = this.addresses[0]): Promise<ContractPeer> {
    if (address === undefined) fail('start() gave no address.');
    const peer = await this.patience.of(
      this.harness.connect(address),
      'connect() of the harness did not settle.',
    );
    this.peers.push(peer);
    return peer;
  }

  /** Connects a client that the manager hears of. */
  async arrive(address = this.addresses[0]): Promise<Visitor> {
    const { clients } = this.manager;
    const { without = [] } = this.harness;
    const before = clients.length;
    const peer = await this.connect(address);
    await this.patience.until(
      () => clients.length > before,
      'A client has connected, but addClient() was not called.',
    );
    const [client] = clients.slice(before);
    return client === undefined
      ? fail('The client was lost.')
      : new Visitor(this.patience, peer, client, !without.includes('notifies'));
  }

  private failOnViolation(): void {
    const [violation] = this.manager.violations;
    if (violation !== undefined) fail(violation);
  }

  /** Nothing stays open, whatever the case has found; a failure in here hides nothing. */
  private async clearUp(): Promise<void> {
    for (const peer of this.peers) peer.abort();
    this.manager.closeEveryone();
    await Promise.allSettled(this.connectors.map((connector) => this.stop(connector)));
    await Promise.allSettled(this.peers.map(({ closed }) => this.patience.of(closed, '')));
  }
}
