import {
  encodeMessage,
  encodePackage,
  HANDSHAKE_ACK_PACKAGE,
  MessageType,
  PackageDecoder,
  PackageType,
  utf8Decode,
  type PackageSink,
} from 'nestjs-pomelo-protocol';
import type { ContractMessage, ContractPeer, ReceivedMessage } from 'nestjs-pomelo/testing';
import { AsyncQueue } from '../../client/async-queue.js';
import { handshake, POMELO_SYS, readMessage } from '../raw-client.js';
import type { PeerLink } from './peer-link.js';

/** Connects one kind of link. */
export type OpenLink = (port: number, onBytes: (bytes: Uint8Array) => void) => Promise<PeerLink>;

/** A Pomelo client for the contract suite, over any link. */
export class PomeloPeer implements ContractPeer, PackageSink {
  private readonly received = new AsyncQueue<ReceivedMessage | undefined>();
  private readonly replies = new AsyncQueue<unknown>();
  private readonly decoder = new PackageDecoder(0xffffff);
  private link!: PeerLink;

  /** Connects and shakes hands. Rejects when the server refuses. */
  static async open(port: number, openLink: OpenLink): Promise<PomeloPeer> {
    const peer = new PomeloPeer();
    peer.link = await openLink(port, (bytes) => void peer.decoder.push(bytes, peer));
    void peer.closed.then(() => {
      peer.received.put(undefined);
      peer.replies.put(undefined);
    });
    peer.link.send(handshake({ sys: POMELO_SYS }));
    const reply = (await peer.replies.take()) as { code?: unknown } | undefined;
    if (reply?.code !== 200) {
      peer.abort();
      await peer.closed;
      throw new Error(`The handshake was refused: ${JSON.stringify(reply)}`);
    }
    peer.link.send(HANDSHAKE_ACK_PACKAGE);
    return peer;
  }

  get closed(): Promise<unknown> {
    return this.link.closed;
  }

  send(...messages: readonly ContractMessage[]): void {
    this.link.send(Buffer.concat(messages.map(dataPackage)));
  }

  sendInPieces(message: ContractMessage): Promise<void> {
    return this.link.sendInPieces(dataPackage(message));
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

  onPackage(type: PackageType, bytes: Uint8Array, start: number, end: number): boolean {
    const body = bytes.slice(start, end);
    if (type === PackageType.Handshake) this.replies.put(JSON.parse(utf8Decode(body, 0, body.length)));
    else if (type === PackageType.Kick) {
      const { reason } = JSON.parse(utf8Decode(body, 0, body.length)) as { reason: string };
      this.received.put({ kick: reason });
    } else if (type === PackageType.Data) {
      const { head, json } = readMessage({ type, bytes: body, json: undefined });
      const isAnswer = head.type === MessageType.Response;
      this.received.put(isAnswer ? { id: head.id, body: json } : { route: head.route, body: json });
    }
    return true;
  }
}

function dataPackage({ id, route, body }: ContractMessage): Uint8Array {
  const fields =
    id === undefined ? { type: MessageType.Notify, route } : { type: MessageType.Request, id, route };
  return encodePackage(PackageType.Data, encodeMessage(fields, Buffer.from(JSON.stringify(body))));
}
