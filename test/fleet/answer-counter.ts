import { tcpTransport, type TransportFactory } from 'nestjs-pomelo-client';
import {
  decodeMessageHead,
  MAX_PACKAGE_BODY_BYTES,
  MessageHead,
  MessageType,
  PackageDecoder,
  PackageType,
} from 'nestjs-pomelo-protocol';

/** Counts answers where they arrive: the client itself ignores those to nothing in flight. */
export class AnswerCounter {
  /** Answers to requests that had been answered. */
  repeated = 0;
  private readonly head = new MessageHead();

  constructor(private readonly dial: TransportFactory = tcpTransport()) {}

  /** Opens connections whose answers are counted. */
  readonly transport: TransportFactory = (endpoint, sink, signal) => {
    const answered = new Set<number>();
    const decoder = new PackageDecoder(MAX_PACKAGE_BODY_BYTES);
    const onPackage = (type: PackageType, bytes: Uint8Array, start: number, end: number): boolean => {
      if (type === PackageType.Data) this.count(bytes, start, end, answered);
      return true;
    };
    const onBytes = (bytes: Uint8Array): void => {
      decoder.push(bytes, { onPackage });
      sink.onBytes(bytes);
    };
    this.dial(
      endpoint,
      { onOpen: (t) => sink.onOpen(t), onBytes, onEnd: (cause) => sink.onEnd(cause) },
      signal,
    );
  };

  private count(bytes: Uint8Array, start: number, end: number, answered: Set<number>): void {
    if (decodeMessageHead(bytes, start, end, this.head) !== undefined) return;
    const { type, id } = this.head;
    if (type !== MessageType.Response) return;
    if (answered.has(id)) this.repeated += 1;
    answered.add(id);
  }
}
