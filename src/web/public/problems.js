import { PomeloClientError, PomeloRequestError } from 'nestjs-pomelo-client';

const CONFLICT = 409;

/** The answer to `enter` when somebody in the room has the name. */
export function isNameTaken(error) {
  return error instanceof PomeloRequestError && (error.body.error === true || error.code === CONFLICT);
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
