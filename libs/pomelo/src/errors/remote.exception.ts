import { ERROR_TABLE, errorText, type ErrorCode } from './error-table.js';

/**
 * A remote call that did not give a result: not delivered, timed out, or failed inside the remote.
 *
 * What a remote throws on purpose (a `PomeloException` or an `HttpException`) arrives as a `PomeloException` instead.
 * A client gets its status only: the message names servers.
 */
export class RemoteException extends Error {
  /** Status for a client: 500, 503 or 504. */
  readonly code: number;

  constructor(
    /** Stable code, a key of the error table. */
    readonly reason: ErrorCode,
    /** What the message names: server, method, limits. */
    readonly values: Readonly<Record<string, unknown>>,
  ) {
    super(errorText(reason, values));
    this.name = 'RemoteException';
    this.code = ERROR_TABLE[reason].status;
  }
}
