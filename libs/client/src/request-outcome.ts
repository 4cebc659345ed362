import { PomeloRequestError } from './errors.js';
import { isRecord } from './record.js';

/** The least `code` of a body that reports an error; Pomelo-family servers send 500, this project's any from 400. */
const FIRST_ERROR_CODE = 400;

/**
 * The error that an answer reports, if it reports one: the error flag of the message is set (pitaya family), or the
 * body is an object whose `code` is an integer from 400 on (Pomelo family).
 */
export function requestErrorOf(
  route: string,
  body: unknown,
  flagged: boolean,
): PomeloRequestError | undefined {
  const record = isRecord(body) ? body : {};
  const { code, msg } = record;
  const reports = typeof code === 'number' && Number.isInteger(code) && code >= FIRST_ERROR_CODE;
  if (!flagged && !reports) return undefined;
  const shownCode = typeof code === 'number' || typeof code === 'string' ? code : 'UNKNOWN';
  const text = typeof msg === 'string' ? msg : `the server answered with code ${shownCode}`;
  return new PomeloRequestError(route, shownCode, body, `${route}: ${text}`);
}
