/** What each code says when nothing more is known. */
const MESSAGES = {
  BAD_ENDPOINT: 'not an address of a server',
  CONNECT_FAILED: 'the server cannot be reached',
  HANDSHAKE_REFUSED: 'the server refused the handshake',
  TIMEOUT: 'no answer in time',
  ABORTED: 'aborted by its signal',
  NOT_CONNECTED: 'not sent: the connection is being re-established',
  CLOSED: 'the connection is closed',
  DISCONNECTED: 'the server ended the connection',
  HEARTBEAT_TIMEOUT: 'the server fell silent',
  KICKED: 'the server kicked this client',
  PROTOCOL: 'the server sent something malformed',
} as const;

/**
 * Why a call failed or a connection ended.
 *
 * `NOT_CONNECTED` means that nothing was sent, so that repeating is safe; after `CLOSED` and `TIMEOUT` the server may
 * have done the work.
 */
export type ClientErrorCode = keyof typeof MESSAGES;

/** What is known about a failure besides its code. */
export interface ClientErrorDetails {
  /** Added to the message. */
  readonly detail?: string;
  /** The `code` of a refused handshake. */
  readonly status?: number;
  /** The parsed body of a refused handshake or of a kick. */
  readonly body?: unknown;
  /** What lies beneath: a socket error, the reason of a signal, why the connection ended. */
  readonly cause?: unknown;
}

/** A failure of the client itself or of its connection; answers that report an error are `PomeloRequestError`. */
export class PomeloClientError extends Error {
  override readonly name = 'PomeloClientError';
  /** The `code` of the handshake reply (Pomelo: 500, or 501 for an old client); set with `HANDSHAKE_REFUSED` only. */
  readonly status: number | undefined;
  /** The parsed body of the package that ended the connection; set with `HANDSHAKE_REFUSED` and `KICKED` only. */
  readonly body: unknown;

  constructor(
    readonly code: ClientErrorCode,
    { detail, status, body, cause }: ClientErrorDetails = {},
  ) {
    super(detail === undefined ? MESSAGES[code] : `${MESSAGES[code]}: ${detail}`, { cause });
    this.status = status;
    this.body = body;
  }
}

/** The server answered a request with an error. */
export class PomeloRequestError extends Error {
  override readonly name = 'PomeloRequestError';

  constructor(
    /** The route that was asked. */
    readonly route: string,
    /** `code` of the answer: a number from 400 on in the Pomelo family, text such as `PIT-404` in the pitaya family. */
    readonly code: number | string,
    /** The whole answer, parsed. */
    readonly body: unknown,
    message: string,
  ) {
    super(message);
  }
}
