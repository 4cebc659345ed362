import { Logger } from '@nestjs/common';
import { JsonRefusal, parseJson } from 'nestjs-pomelo-protocol';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import type { Peer } from '../../edge/arrival.js';
import { describeError } from '../../errors/describe-error.js';
import { ConnectionState } from '../connection/client-connection.js';
import { NORMAL } from '../connection/close-codes.js';
import { FrameStream } from '../connection/frame-stream.js';
import { FramedConnection } from '../connection/framed-connection.js';
import type { CloseReason } from '../connector.interface.js';
import { AnswerOrder } from './answer-order.js';
import type { MydogContext } from './mydog-context.js';
import { HEARTBEAT_FRAME, LENGTH_BYTES, MYDOG_FRAME, MydogType, textFrame } from './mydog-frames.js';

/** Bytes of a handshake, as mydog counts them: on WebSocket with the length. */
const HANDSHAKE_BYTES = 50;

/** One mydog client over TCP or WebSocket. One object a connection. */
export class MydogClient extends FramedConnection {
  declare protected readonly context: MydogContext;
  protected readonly frames: FrameStream;
  /** Requests that wait for their answers. */
  readonly answers = new AnswerOrder();
  private wasAnnounced = false;

  constructor(context: MydogContext, socket: Socket, webSocket: WebSocket | undefined, peer: Peer) {
    super(context, socket, webSocket, peer);
    const handshakeBytes = HANDSHAKE_BYTES + (webSocket === undefined ? LENGTH_BYTES : 0);
    this.frames = new FrameStream(MYDOG_FRAME, handshakeBytes);
  }

  /** One or more whole frames. */
  onWebSocketMessage(data: Buffer, isBinary: boolean): void {
    if (this.state >= ConnectionState.Closing) return;
    if (!isBinary) {
      this.refuse('package', 'ws_text');
      return;
    }
    this.onStream(data);
    if (!this.frames.isEmpty) this.refuse('package', 'truncated');
  }

  override onClosed(reason: CloseReason): void {
    super.onClosed(reason);
    if (!this.wasAnnounced) return;
    this.wasAnnounced = false;
    this.tell('clientOffCb');
  }

  protected receive(frame: Buffer): void {
    const type = frame[LENGTH_BYTES];
    if (this.state === ConnectionState.Handshake) this.onFirst(type, frame.subarray(LENGTH_BYTES + 1));
    else if (type === MydogType.Heartbeat) this.onHeartbeat();
    else if (type === MydogType.Message) {
      this.lastSign = this.context.now;
      this.context.manager.handleMsg(this, frame.subarray(LENGTH_BYTES));
    } else this.refuse('package', type === MydogType.Handshake ? 'double_handshake' : 'bad_type');
  }

  /** mydog knows no word for it: the application may push one before it closes. */
  protected farewell(): undefined {}

  protected override closeWebSocket(webSocket: WebSocket, code: number, reason: string | undefined): void {
    // As mydog closes: without a code.
    if (code === NORMAL) webSocket.close();
    else super.closeWebSocket(webSocket, code, reason);
  }

  /** Clients of mydog read several frames of one WebSocket message. */
  protected override get framesTogether(): boolean {
    return true;
  }

  private onHeartbeat(): void {
    this.lastSign = this.context.now;
    if (this.mayPing('heartbeat_flood')) this.enqueue(HEARTBEAT_FRAME);
  }

  private onFirst(type: number | undefined, body: Buffer): void {
    if (type !== MydogType.Handshake) {
      this.refuse('handshake', 'before_handshake');
      return;
    }
    const limits = { maxBytes: HANDSHAKE_BYTES, maxDepth: this.context.limits.jsonDepth };
    const request = parseJson(body, 0, body.length, limits);
    // mydog takes everything that is true, and reads the md5 of what has one.
    if (request instanceof JsonRefusal || !request) this.refuse('handshake', 'bad_handshake');
    else this.admit(md5Of(request));
  }

  private admit(md5: unknown): void {
    this.state = ConnectionState.Admission;
    this.frames.maxBytes = this.context.maxFrameBytes;
    const decision = this.context.manager.addClient(this, { sys: { type: 'mydog', md5 } });
    if (!(decision instanceof Promise)) {
      this.welcome(md5);
      return;
    }
    decision.then(
      () => this.welcome(md5),
      () => this.refuse('handshake', 'handshake_refused'),
    );
  }

  private welcome(md5: unknown): void {
    if (this.state !== ConnectionState.Admission) return;
    const { table, options } = this.context;
    const route = md5 === table.md5 ? {} : { route: table.routes };
    const reply = { md5: table.md5, ...route, heartbeat: options.heartbeat };
    this.enqueue(textFrame(MydogType.Handshake, JSON.stringify(reply)));
    this.lastSign = this.context.now;
    this.startWorking();
    this.wasAnnounced = true;
    this.tell('clientOnCb');
    this.resumed();
  }

  /** A callback of the application that fails is logged and costs nobody a connection. */
  private tell(name: 'clientOnCb' | 'clientOffCb'): void {
    const failed = (error: unknown): void =>
      new Logger('Pomelo').error(`mydog.${name} failed: ${describeError(error)}`);
    try {
      const result: unknown = this.context.options[name]?.(this.session);
      Promise.resolve(result).catch(failed);
    } catch (error) {
      failed(error);
    }
  }
}

function md5Of(request: unknown): unknown {
  return typeof request === 'object' && request !== null && 'md5' in request ? request.md5 : undefined;
}
