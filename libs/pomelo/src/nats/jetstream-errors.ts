import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { RequestError } from '@nats-io/transport-node';

/** A store of that name, or for the same subjects, is there. */
const EXISTS = [10_058, 10_065];
/** A NATS server that is no cluster keeps no copies. */
const NO_COPIES = 10_074;
/** The server has JetStream and the account has not, or the other way round. */
const NOT_ENABLED = [10_076, JetStreamApiCodes.JetStreamNotEnabledForAccount];

/** The number with which JetStream refused a request; `undefined` for other errors. */
export function jetStreamCode(error: unknown): number | undefined {
  return error instanceof JetStreamApiError ? error.code : undefined;
}

/** Somebody else made the store between the look for it and the order to make it. */
export function wasRaced(error: unknown): boolean {
  return EXISTS.includes(jetStreamCode(error) ?? 0);
}

/**
 * Nobody keeps the store that was asked for. nats.js says of some requests that JetStream is not enabled, because nobody
 * listened.
 */
export function isMissing(error: unknown): boolean {
  if (jetStreamCode(error) === JetStreamApiCodes.StreamNotFound) return true;
  return isDisabled(error) || (error instanceof RequestError && error.isNoResponders());
}

/** Why no store can be made, however long one waits; `undefined` for what may pass. */
export function storeRefusal(error: unknown): string | undefined {
  if (isDisabled(error))
    return 'JetStream, which keeps where users are, is not enabled: add "jetstream {}" to the configuration of NATS';
  return jetStreamCode(error) === NO_COPIES && error instanceof Error
    ? `kv.replicas: ${error.message}`
    : undefined;
}

function isDisabled(error: unknown): boolean {
  return (
    (error instanceof Error && error.name === 'JetStreamNotEnabled') ||
    NOT_ENABLED.includes(jetStreamCode(error) ?? 0)
  );
}
