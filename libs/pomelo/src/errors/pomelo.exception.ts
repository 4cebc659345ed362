import { IntrinsicException } from '@nestjs/common';
import { ERROR_TABLE, errorText, type ErrorCode, type ErrorEntry } from './error-table.js';

/** What a {@link PomeloException} carries besides its status and message. */
export interface PomeloExceptionOptions {
  /** What the client gets instead of the message, when the message names what it must not know. Default the message. */
  readonly told?: string | undefined;
  /** Stable name of the error, for code that must tell errors apart; default `undefined`. */
  readonly reason?: string;
  /** Sent to the client: merged into a Pomelo answer, under `metadata` for the pitaya family. Must be plain JSON. */
  readonly data?: Readonly<Record<string, unknown>>;
}

/**
 * An error that the client is meant to see: thrown by a handler, guard or pipe it becomes the answer `{ code, msg }`.
 *
 * Any other error becomes `{ code: 500 }` and is logged. Nest does not log this one.
 *
 * @example throw new PomeloException(404, 'There is no such room', { data: { room } });
 */
export class PomeloException extends IntrinsicException {
  /** Stable name of the error; for errors of this package a key of the error table. */
  readonly reason: string | undefined;
  /** What the client gets instead of the message. */
  readonly told: string | undefined;
  /** Plain JSON that travels with the answer. */
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(
    /** Number that the client gets as `code`. */
    readonly code: number,
    message: string,
    options: PomeloExceptionOptions = {},
  ) {
    super(message);
    this.name = 'PomeloException';
    this.reason = options.reason;
    this.data = options.data;
    this.told = options.told;
  }
}

/** A wrong configuration: the start-up stops with a sentence that names the option, the value and the remedy. */
export class PomeloConfigException extends Error {
  constructor(
    /** Stable code, a key of the error table. */
    readonly reason: ErrorCode,
    values: Readonly<Record<string, unknown>>,
  ) {
    super(errorText(reason, values));
    this.name = 'PomeloConfigException';
  }
}

/** Makes the exception of a table entry. */
export function pomeloError(
  reason: ErrorCode,
  values: Readonly<Record<string, unknown>> = {},
): PomeloException {
  const entry: ErrorEntry = ERROR_TABLE[reason];
  return new PomeloException(entry.status, errorText(reason, values), { reason, told: entry.told });
}
