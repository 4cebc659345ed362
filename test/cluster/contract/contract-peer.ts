import type { Announcement, ClusterTransport, FrameSink, PeerId } from 'nestjs-pomelo';
import { closeAfterTest } from '../../support/pomelo-app.js';
import { until } from '../../support/until.js';
import type { ContractEngine } from './contract-engine.js';

/** How a {@link ContractPeer} differs from a chat server that listens. */
export interface PeerSetup {
  readonly types?: readonly string[];
  readonly inc?: string;
  readonly namespace?: string;
  readonly listen?: boolean;
}

/** Says that everything which was sent before has come. */
const LAST = Buffer.from('last');

/** A server on a transport; it keeps what it is told. */
export class ContractPeer implements FrameSink {
  readonly heard: Announcement[] = [];
  readonly got: Announcement[] = [];
  readonly undelivered: (readonly [to: string, batchNo: number])[] = [];
  readonly states: string[] = [];
  private batchNo = 0;

  private constructor(
    readonly transport: ClusterTransport,
    readonly peerId: PeerId,
  ) {}

  /** Opens a server; it is closed after the test. */
  static async open(engine: ContractEngine, id: string, setup: PeerSetup = {}): Promise<ContractPeer> {
    const { types = ['chat'], inc = `${id}-inc`, namespace = 'contract', listen = true } = setup;
    const peerId = { id, inc, role: types.join('+') };
    const peer = new ContractPeer(engine.driver().createTransport(), peerId);
    closeAfterTest(peer.transport);
    await peer.transport.open({ ...peerId, types, namespace }, peer);
    if (listen) await peer.transport.listen(true);
    return peer;
  }

  batch(from: PeerId, bytes: Uint8Array): void {
    this.got.push(takeOver(from, bytes));
  }

  announcement(from: PeerId, bytes: Uint8Array): void {
    this.heard.push(takeOver(from, bytes));
  }

  notDelivered(to: string, batchNo: number): void {
    this.undelivered.push([to, batchNo]);
  }

  state(state: 'up' | 'down'): void {
    this.states.push(state);
  }

  /** Sends a batch, and gives its number. Waits while the transport is behind. */
  async send(to: string, bytes: Uint8Array): Promise<number> {
    this.batchNo += 1;
    const number = this.batchNo;
    if (!this.transport.send(to, number, bytes)) await this.transport.flush();
    return number;
  }

  /** Sends a last batch to every peer, and waits until it is there, and with it everything before. */
  async finish(...peers: readonly ContractPeer[]): Promise<void> {
    for (const { peerId } of peers) await this.send(peerId.id, LAST);
    const { id } = this.peerId;
    await until(() =>
      peers.every((peer) => peer.got.some(({ from, bytes }) => from.id === id && LAST.equals(bytes))),
    );
  }

  /** The texts that came from a server, without the last batch. */
  textsOf({ peerId }: ContractPeer): string[] {
    const texts = this.got.filter(({ from }) => from.id === peerId.id).map(({ bytes }) => textOf(bytes));
    return texts.filter((text) => text !== textOf(LAST));
  }
}

/** The bytes of a text. */
export function bytesOf(text: string): Uint8Array {
  return Buffer.from(text);
}

/** The text of bytes. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

/** The bytes are the sink's during the call only, and it may do with them what it likes. */
function takeOver(from: PeerId, bytes: Uint8Array): Announcement {
  const copy = Buffer.from(bytes);
  bytes.fill(0xee);
  return { from, bytes: copy };
}
