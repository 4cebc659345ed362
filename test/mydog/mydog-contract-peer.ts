import type { ContractMessage, ContractPeer, ReceivedMessage } from 'nestjs-pomelo/testing';
import { AsyncQueue } from '../client/async-queue.js';
import { tcpLink, webSocketLink, type PeerLink } from '../support/contract/peer-link.js';
import { frame, message } from './mydog-peer.js';

/** The routes of the suite. */
export const SUITE_ROUTES = ['contract.room.say', 'onContract'];
const SAY = 0;

/** A client of mydog for the contract suite. */
export class MydogContractPeer implements ContractPeer {
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();
  /** What was asked, in order; `undefined` is a notify, whose answer the suite does not want. */
  private readonly asked: (number | undefined)[] = [];
  private rest = Buffer.alloc(0);
  private link!: PeerLink;

  static async open(
    openLink: typeof tcpLink | typeof webSocketLink,
    port: number,
  ): Promise<MydogContractPeer> {
    const peer = new MydogContractPeer();
    const shaken = new Promise<void>((resolve) => (peer.shake = resolve));
    peer.link = await openLink(port, (bytes) => peer.take(bytes));
    void peer.closed.then(() => peer.received.put(undefined));
    peer.link.send(frame(2, '{"md5":""}'));
    await Promise.race([
      shaken,
      peer.closed.then(() => Promise.reject(new Error('The handshake was refused.'))),
    ]);
    return peer;
  }

  get closed(): Promise<unknown> {
    return this.link.closed;
  }

  send(...messages: readonly ContractMessage[]): void {
    this.link.send(Buffer.concat(messages.map((one) => this.frameOf(one))));
  }

  sendInPieces(one: ContractMessage): Promise<void> {
    return this.link.sendInPieces(this.frameOf(one));
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

  private shake: () => void = () => {};

  private frameOf({ id, body }: ContractMessage): Buffer {
    this.asked.push(id);
    return message(SAY, JSON.stringify(body));
  }

  private take(bytes: Uint8Array): void {
    this.rest = Buffer.concat([this.rest, bytes]);
    while (this.rest.length >= 4 && this.rest.length >= 4 + this.rest.readUInt32BE(0)) {
      const size = 4 + this.rest.readUInt32BE(0);
      this.hear(this.rest.subarray(0, size));
      this.rest = this.rest.subarray(size);
    }
  }

  private hear(bytes: Buffer): void {
    if (bytes[4] === 2) this.shake();
    if (bytes[4] !== 1) return;
    const cmd = bytes.readUInt16BE(5);
    const body: unknown = JSON.parse(bytes.toString('utf8', 7));
    if (cmd !== SAY) {
      this.received.put({ route: SUITE_ROUTES[cmd] ?? '', body });
      return;
    }
    const id = this.asked.shift();
    if (id !== undefined) this.received.put({ id, body });
  }
}
