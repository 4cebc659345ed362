import { HttpException } from '@nestjs/common';
import { WsException } from '@nestjs/websockets';
import { pitayaCode } from './pitaya-codes.js';
import { PomeloException } from './pomelo.exception.js';
import { RemoteException } from './remote.exception.js';

/** An error in the words of pitaya. */
export interface PitayaError {
  readonly code: string;
  readonly msg: string;
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/**
 * The body of an answer that is an error. A connector recognises it by its class and may mark it on the wire
 * (flag 0x20 of the pitaya family); as JSON it is `{ code, msg?, ...data }`.
 */
export class ErrorReply {
  constructor(
    /** Status, as the family uses it: 400, 403, 404, 500, 504 or a number of the application. */
    readonly code: number,
    /** Sentence for a person; absent when the error is internal. */
    readonly msg?: string,
    readonly data?: Readonly<Record<string, unknown>>,
  ) {}

  /** Pomelo family: data lies beside code and msg. */
  toJSON(): Record<string, unknown> {
    return { ...this.data, code: this.code, ...(this.msg === undefined ? {} : { msg: this.msg }) };
  }

  /** Pitaya family: data lies under metadata, the code is a string. */
  toPitaya(): PitayaError {
    return {
      code: pitayaCode(this.code),
      msg: this.msg ?? '',
      ...(this.data === undefined ? {} : { metadata: this.data }),
    };
  }
}

/** Turns what a handler threw into its answer; `undefined` means an internal error, whose text the client must not see. */
export function toErrorReply(error: unknown): ErrorReply | undefined {
  try {
    return replyOf(error);
  } catch {
    // An exception of a foreign class whose own methods fail says nothing that we could pass on.
    return undefined;
  }
}

function replyOf(error: unknown): ErrorReply | undefined {
  if (error instanceof ErrorReply) return error;
  if (error instanceof PomeloException)
    return new ErrorReply(error.code, (error.told ?? error.message) || undefined, error.data);
  if (error instanceof HttpException) return new ErrorReply(error.getStatus(), httpMessage(error));
  if (error instanceof RemoteException && error.code !== 500) return new ErrorReply(error.code);
  if (error instanceof WsException) return fromWsException(error);
  return undefined;
}

function httpMessage(error: HttpException): string {
  const response = error.getResponse();
  if (typeof response === 'string') return response;
  const message: unknown =
    typeof response === 'object' && response !== null && 'message' in response ? response.message : undefined;
  return Array.isArray(message) ? message.join('; ') : typeof message === 'string' ? message : error.message;
}

function fromWsException(error: WsException): ErrorReply {
  const details = error.getError();
  if (typeof details === 'string') return new ErrorReply(500, details);
  if (typeof details !== 'object' || details === null) return new ErrorReply(500);
  const { code, message } = details as { code?: unknown; message?: unknown };
  return new ErrorReply(
    typeof code === 'number' ? code : 500,
    typeof message === 'string' ? message : error.message,
  );
}
