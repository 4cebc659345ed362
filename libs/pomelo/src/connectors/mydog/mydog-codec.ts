import { parseJson, type JsonLimits } from 'nestjs-pomelo-protocol';
import { reportReject } from '../../diagnostics.js';
import { ErrorReply } from '../../errors/error-reply.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import { messageOf } from '../connection/message-of.js';
import type { ClientMessage } from '../connector.interface.js';
import type { MydogClient } from './mydog-client.js';
import { MESSAGE_HEAD_BYTES, messageFrame } from './mydog-frames.js';
import type { MydogCodecOptions } from './mydog.options.js';
import type { RouteTable } from './route-table.js';

/** The message layer of mydog. One object a connector. */
export class MydogCodec {
  constructor(
    private readonly table: RouteTable,
    private readonly options: MydogCodecOptions,
    private readonly json: JsonLimits,
  ) {}

  /** Reads a frame without its length. A command that names no route has nobody to answer: it is counted and dropped, as in mydog. */
  decode(client: MydogClient, message: Buffer): ClientMessage | undefined {
    if (message.length < MESSAGE_HEAD_BYTES) return client.refuse('message', 'truncated');
    const { cmd, msg } = this.options.protoDecode?.(message) ?? takeApart(message);
    const route = this.table.routeOf(cmd);
    if (route === undefined) {
      reportReject('message', 'unknown_route', client.transport);
      return undefined;
    }
    const body = this.bodyOf(cmd, msg);
    const id = client.answers.expect(cmd);
    return messageOf(client, id, route, body);
  }

  /** Writes a push, or what may be sent now that this answer is there. A handler that gives `undefined` answers nothing. */
  encode(client: MydogClient, id: number | undefined, route: string, body: unknown): Buffer | undefined {
    if (id === undefined) return this.frame(this.cmdOf(route), body);
    const cmd = client.answers.cmdOf(id);
    if (cmd === undefined) return undefined;
    return client.answers.settle(id, body === undefined ? undefined : this.frame(cmd, body));
  }

  private bodyOf(cmd: number, msg: Buffer): unknown {
    const { msgDecode } = this.options;
    return msgDecode === undefined ? parseJson(msg, 0, msg.length, this.json) : msgDecode(cmd, msg);
  }

  private cmdOf(route: string): number {
    const cmd = this.table.cmdOf(route);
    if (cmd === undefined) throw pomeloError('ROUTE_NOT_IN_TABLE', { route });
    return cmd;
  }

  private frame(cmd: number, body: unknown): Buffer {
    const message = body instanceof ErrorReply ? body.toJSON() : body;
    if (this.options.protoEncode !== undefined) return this.options.protoEncode(cmd, message);
    if (this.options.msgEncode !== undefined) return messageFrame(cmd, this.options.msgEncode(cmd, message));
    if (message instanceof Uint8Array) return messageFrame(cmd, message);
    // JSON cannot say undefined, functions and symbols; mydog says null then.
    const text: string | undefined = JSON.stringify(message);
    return messageFrame(cmd, text ?? 'null');
  }
}

function takeApart(message: Buffer): { readonly cmd: number; readonly msg: Buffer } {
  return { cmd: message.readUInt16BE(1), msg: message.subarray(MESSAGE_HEAD_BYTES) };
}
