/** What each code says; the codes are those of `PomeloClientError` in `nestjs-pomelo-client`. */
const MESSAGES = {
  CONNECT_FAILED: 'the server takes no connection',
  HANDSHAKE_REFUSED: 'the server refused the handshake',
  CLOSED: 'the connection is closed',
  TIMEOUT: 'nothing came in time',
} as const;

/** Why a {@link TestClient} could not do what it was asked to. */
export type TestClientErrorCode = keyof typeof MESSAGES;

/** A failure of the connection; answers that report an error are a {@link TestRequestError}. */
export class TestClientError extends Error {
  override readonly name = 'TestClientError';

  constructor(
    readonly code: TestClientErrorCode,
    detail: string,
    /** The code that the client is told, with `HANDSHAKE_REFUSED` only: 500, 501, or that of the exception of a guard or hook. */
    readonly status?: number,
  ) {
    super(`${MESSAGES[code]}: ${detail}`);
  }
}

/** The server answered a request with an error. */
export class TestRequestError extends Error {
  override readonly name = 'TestRequestError';

  constructor(
    /** The route that was asked. */
    readonly route: string,
    /** `code` of the answer, from 400 on. */
    readonly code: number,
    /** `msg` of the answer; undefined when it has none, as for an internal error. */
    readonly msg: string | undefined,
    /** The whole answer. */
    readonly body: unknown,
  ) {
    super(`${route}: ${msg ?? `the server answered with code ${code}`}`);
  }
}

/** The least `code` of a body that reports an error, as for `nestjs-pomelo-client`. */
const FIRST_ERROR_CODE = 400;

/** The error that an answer reports, if it reports one. */
export function requestErrorOf(route: string, body: unknown): TestRequestError | undefined {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return undefined;
  const { code, msg } = body as { code?: unknown; msg?: unknown };
  if (typeof code !== 'number' || !Number.isInteger(code) || code < FIRST_ERROR_CODE) return undefined;
  return new TestRequestError(route, code, typeof msg === 'string' ? msg : undefined, body);
}
