import { PomeloClientError, PomeloRequestError } from 'nestjs-pomelo-client';

const CONFLICT = 409;
/** No server could do it now, or in time. */
const UNAVAILABLE = [503, 504];
/** The code of the kick with which a server stops. */
const STOPPING = 4503;

/** The answer to `enter` when somebody in the room has the name. */
export function isNameTaken(error) {
  return error instanceof PomeloRequestError && (error.body.error === true || error.code === CONFLICT);
}

/** Worth asking again in a moment: the name may be that of our own lost connection, and servers come back. */
export function isForLater(error) {
  if (error instanceof PomeloClientError) return error.code === 'TIMEOUT';
  return isNameTaken(error) || (error instanceof PomeloRequestError && UNAVAILABLE.includes(error.code));
}

/** A kick that means the connection and not its user. */
export function isStopping({ body }) {
  return body?.code === STOPPING;
}

/** How long a server that stops asks its clients to wait before they come back. */
export function retryAfterMs({ body }) {
  return (body?.retryAfter ?? 0) * 1000;
}

/** What went wrong, for a person. */
export function sentenceOf(error, { username, rid }) {
  if (isNameTaken(error)) return `Somebody called “${username}” is already in “${rid}”. Pick another name.`;
  if (error instanceof PomeloRequestError)
    return error.body.msg ?? 'The server could not do that. Try again.';
  if (!(error instanceof PomeloClientError)) return 'Something went wrong. Reload the page.';
  switch (error.code) {
    case 'CONNECT_FAILED':
      return 'The server cannot be reached. Is it running?';
    case 'NOT_CONNECTED':
    case 'DISCONNECTED':
    case 'CLOSED':
      return 'The connection was lost. The message may not have arrived.';
    case 'TIMEOUT':
      return 'The server did not answer in time. Try again.';
    case 'KICKED':
      return 'The server ended your visit.';
    default:
      return 'The connection failed. Try again.';
  }
}
