import type { ContractMessage, ContractPeer, ReceivedMessage } from 'nestjs-pomelo/testing';
import { AsyncQueue } from '../client/async-queue.js';
import { tcpLink, webSocketLink, type PeerLink } from '../support/contract/peer-link.js';
import { pack, type GateTransport } from './gate-peer.js';

/** The topic of the suite's route; another one for its notifies, as the third part of a topic counts for nothing. */
const REQUEST = 'contract/say';
const NOTIFY = 'contract/say/notify';

/** A client of a gate for the contract suite. */
export class GateContractPeer implements ContractPeer {
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();
  private readonly asked: (number | undefined)[] = [];
  private rest = Buffer.alloc(0);
  private link!: PeerLink;

  private constructor(private readonly transport: GateTransport) {}

  static async open(transport: GateTransport, port: number): Promise<GateContractPeer> {
    const peer = new GateContractPeer(transport);
    const openLink = transport === 'tcp' ? tcpLink : webSocketLink;
    peer.link = await openLink(port, (bytes) => peer.take(bytes));
    void peer.closed.then(() => peer.received.put(undefined));
    return peer;
  }

  get closed(): Promise<unknown> {
    return this.link.closed;
  }

  send(...messages: readonly ContractMessage[]): void {
    const packs = messages.map((message) => this.packOf(message));
    if (this.transport === 'tcp') this.link.send(Buffer.concat(packs));
    // One pack a message.
    else for (const one of packs) this.link.send(one);
  }

  sendInPieces(message: ContractMessage): Promise<void> {
    return this.link.sendInPieces(this.packOf(message));
  }

  sendBytes(bytes: Buffer): void {
    this.link.send(bytes);
  }

  stopReading(): void {
    this.link.stopReading();
  }

  receive(): Promise<ReceivedMessage | undefined> {
    return this.received.take();
  }

  close(): void {
    this.link.close();
  }

  abort(): void {
    this.link.abort();
  }

  private packOf({ id, body }: ContractMessage): Buffer {
    if (id !== undefined) this.asked.push(id);
    return pack(id === undefined ? NOTIFY : REQUEST, body);
  }

  private take(bytes: Uint8Array): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 2 && this.rest.length >= this.rest.readUInt16LE(0)) {
      const size = this.rest.readUInt16LE(0);
      const end = 4 + this.rest.readUInt16LE(2);
      this.hear(this.rest.toString('utf8', 4, end), JSON.parse(this.rest.toString('utf8', end, size)));
      this.rest = this.rest.subarray(size);
    }
  }

  private hear(topic: string, body: unknown): void {
    if (topic === REQUEST) this.received.put({ id: this.asked.shift() ?? 0, body });
    else if (topic !== NOTIFY) this.received.put({ route: topic, body });
  }
}
