import { PomeloConfigException } from '../errors/pomelo.exception.js';

/** What Redis answers to who may not come in, however often it tries. */
const REFUSAL = /^(?:WRONGPASS|NOAUTH|NOPERM|DENIED|ERR (?:AUTH|invalid password|DB index|SELECT))/i;
/** Codes of Node for certificates and keys that are not accepted, by either side. */
const TLS_REFUSAL =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|ERR_TLS_|ERR_OSSL_|ERR_SSL_.*ALERT)/;

/** Makes the exception of a Redis that is there and does not want us. */
export function refused(servers: string, detail: string): PomeloConfigException {
  return new PomeloConfigException('CLUSTER_REFUSED', { engine: 'Redis', servers, detail });
}

/** Says why Redis will not have us; `undefined` for what may pass. */
export function refusalIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  if (isReply(error)) return REFUSAL.test(error.message) ? error.message : undefined;
  const { code }: NodeJS.ErrnoException = error;
  return code !== undefined && TLS_REFUSAL.test(code) ? error.message : undefined;
}

/** Redis itself has answered with an error: it has not done what it was told to. */
export function isReply(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
