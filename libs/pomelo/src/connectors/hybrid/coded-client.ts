import { Logger } from '@nestjs/common';
import { reportReject } from '../../diagnostics.js';
import { describeError, stackOf } from '../../errors/describe-error.js';
import { ErrorReply } from '../../errors/error-reply.js';
import { ConnectionState } from '../connection/client-connection.js';
import type { ClientMessage, MessageKind } from '../connector.interface.js';
import { inTime, type CustomCodec } from './custom-codec.js';
import { HybridClient } from './hybrid-client.js';
import { wrapMessage } from './hybrid-codec.js';
import { Outbox } from './outbox.js';

/** Messages that may wait for one that is being encoded. */
const MOST_WAITING = 4096;

/**
 * A client whose messages the application encodes or decodes, and may take its time for: reading waits for the message
 * that is being decoded, and what is sent waits for the message before it.
 */
export class CodedClient extends HybridClient {
  private decoded: (() => ClientMessage | undefined) | undefined = undefined;
  private isDecoding = false;
  private isBusy = false;
  /** Buffers that stand for bytes which are not known yet. */
  private readonly tickets = new WeakMap<Buffer, Promise<Buffer | undefined>>();
  /** Of messages that are encoded and wait for one that is not. */
  private waitingBytes = 0;
  private farewellReason: { readonly reason: string | undefined } | undefined = undefined;
  private readonly outbox = new Outbox(
    (bytes, kind) => this.sendNow(bytes, kind),
    () => {
      if (this.farewellReason !== undefined) super.close(this.farewellReason.reason);
    },
  );

  /** Decodes a message; `undefined` when that takes time: the message is then handed to the manager once more. */
  decodeWith(decode: NonNullable<CustomCodec['decode']>, message: Buffer): ClientMessage | undefined {
    if (this.decoded !== undefined) return this.decoded();
    const result = decode(this, message);
    if (!(result instanceof Promise)) return result;
    this.isDecoding = true;
    super.pause();
    void inTime(result, this.context.limits.requestMs, 'hybrid.decode').then(
      (value) => this.deliver(message, () => value),
      (error: unknown) =>
        this.deliver(message, () => {
          throw error;
        }),
    );
    return undefined;
  }

  private deliver(message: Buffer, decoded: () => ClientMessage | undefined): void {
    this.decoded = decoded;
    this.context.manager.handleMsg(this, message);
    this.decoded = undefined;
    this.isDecoding = false;
    if (!this.isBusy) super.resume();
  }

  override pause(): void {
    this.isBusy = true;
    super.pause();
  }

  override resume(): void {
    this.isBusy = false;
    if (!this.isDecoding) super.resume();
  }

  /** Encodes a message; what takes time is given as a buffer that {@link send} knows. */
  encodeWith(
    encode: NonNullable<CustomCodec['encode']>,
    id: number | undefined,
    route: string,
    body: unknown,
  ): Buffer | undefined {
    const result = encode(this, id, route, body);
    if (!(result instanceof Promise)) return result === undefined ? undefined : wrapMessage(result);
    const ticket = Buffer.alloc(0);
    this.tickets.set(ticket, this.settle(encode, result, id, route));
    return ticket;
  }

  override send(message: Buffer, kind: MessageKind = 'push'): boolean {
    const bytes = this.tickets.get(message) ?? message;
    if (bytes === message && this.outbox.length === 0) return super.send(message, kind);
    this.outbox.put({ bytes, kind });
    this.keep(message);
    return this.state < ConnectionState.Closing;
  }

  /** Cuts a client for whom more is made than can be encoded. */
  private keep(bytes: Buffer): void {
    this.waitingBytes += bytes.length;
    const isTooMuch = this.waitingBytes > this.context.limits.writeBufferHardBytes;
    if (isTooMuch || this.outbox.length > MOST_WAITING) this.cut('slow_consumer');
  }

  override close(reason?: string): void {
    if (this.outbox.length === 0) super.close(reason);
    else this.farewellReason ??= { reason };
  }

  private sendNow(bytes: Buffer, kind: MessageKind): void {
    this.waitingBytes -= bytes.length;
    if (!super.send(bytes, kind)) reportReject('session', 'push_dropped', this.transport);
  }

  /** Waits for the bytes. A request whose answer cannot be encoded gets an error; when that cannot be, either, the connection ends. */
  private async settle(
    encode: NonNullable<CustomCodec['encode']>,
    result: Promise<Buffer | undefined>,
    id: number | undefined,
    route: string,
  ): Promise<Buffer | undefined> {
    try {
      return await this.wrapped(result);
    } catch (error) {
      this.report(route, error);
    }
    if (id === undefined) {
      reportReject('session', 'push_dropped', this.transport);
      return undefined;
    }
    try {
      return await this.wrapped(Promise.resolve(encode(this, id, route, new ErrorReply(500))));
    } catch (error) {
      this.report(route, error);
      this.close();
      return undefined;
    }
  }

  private async wrapped(result: Promise<Buffer | undefined>): Promise<Buffer | undefined> {
    const message = await inTime(result, this.context.limits.requestMs, 'hybrid.encode');
    if (message === undefined) return undefined;
    const bytes = wrapMessage(message);
    this.keep(bytes);
    return bytes;
  }

  private report(route: string, error: unknown): void {
    const named = JSON.stringify(route.slice(0, 128));
    new Logger('Pomelo').error(`hybrid.encode failed for ${named}: ${describeError(error)}`, stackOf(error));
  }
}
