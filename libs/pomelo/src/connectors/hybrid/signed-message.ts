import { reportReject } from '../../diagnostics.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { ClientMessage } from '../connector.interface.js';
import type { CodecClient } from './codec-client.interface.js';
import { verifiedBody } from './message-signature.js';

/** The message with its body as it was signed, or with a refusal. */
export function checkSignature(
  { signatureKey, transport }: CodecClient,
  message: ClientMessage,
): ClientMessage {
  if (message.refusal !== undefined) return message;
  const body = signatureKey === undefined ? undefined : verifiedBody(signatureKey, message.body);
  if (body !== undefined) return { ...message, body };
  reportReject('message', 'bad_signature', transport);
  return { ...message, body: undefined, refusal: pomeloError('BAD_SIGNATURE') };
}
