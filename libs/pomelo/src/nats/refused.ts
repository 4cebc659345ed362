import {
  AuthorizationError,
  InvalidArgumentError,
  PermissionViolationError,
  RequestError,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { isNativeError } from 'node:util/types';
import { PomeloConfigException } from '../errors/pomelo.exception.js';

/** Codes of Node for certificates and keys that are not accepted, by either side. */
const TLS_REFUSAL =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|ERR_TLS_|ERR_OSSL_|ERR_SSL_.*ALERT)/;

/** Makes the exception of a NATS that is there and does not want us. */
export function refused(servers: readonly string[], detail: string): PomeloConfigException {
  return new PomeloConfigException('CLUSTER_REFUSED', {
    engine: 'NATS',
    servers: servers.join(', '),
    detail,
  });
}

/** Says why NATS will not have us, however often we come; `undefined` for what may pass. */
export function refusalIn(error: unknown): string | undefined {
  if (!isNativeError(error)) return undefined;
  // A server that is too busy to look at the credentials has not refused them.
  if (error instanceof AuthorizationError && /timeout/i.test(error.message)) return undefined;
  return isRefusal(error) ? error.message.trim() : refusalIn(error.cause);
}

/** What NATS forbids, when that is why a request failed. */
export function violationIn(error: unknown): PermissionViolationError | undefined {
  if (error instanceof PermissionViolationError) return error;
  return error instanceof RequestError && error.cause instanceof PermissionViolationError
    ? error.cause
    : undefined;
}

function isRefusal(error: Error): boolean {
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) return true;
  if (error instanceof PermissionViolationError || error instanceof InvalidArgumentError) return true;
  const { code }: NodeJS.ErrnoException = error;
  return error.message === "server does not support 'tls'" || (code !== undefined && TLS_REFUSAL.test(code));
}
