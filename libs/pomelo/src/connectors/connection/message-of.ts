import { JsonRefusal } from 'nestjs-pomelo-protocol';
import { reportReject } from '../../diagnostics.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { ClientMessage } from '../connector.interface.js';

/** A message with the body that was read, or with the refusal of one that could not be, which is counted. */
export function messageOf(
  { transport }: { readonly transport: string },
  id: number | undefined,
  route: string,
  body: unknown,
): ClientMessage {
  if (!(body instanceof JsonRefusal)) return { id, route, body };
  reportReject('message', 'bad_body', transport);
  return { id, route, body: undefined, refusal: pomeloError('BAD_BODY', { detail: body.reason }) };
}
