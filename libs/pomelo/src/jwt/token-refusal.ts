import { errors } from 'jose';
import type { RejectReason } from '../diagnostics.js';
import { describeError } from '../errors/describe-error.js';
import type { ErrorCode } from '../errors/error-table.js';
import { pomeloError, PomeloException } from '../errors/pomelo.exception.js';

/** What `jose` says about a token, as an error of our table. Whatever is not here is no fault of the token. */
const REFUSALS: ReadonlyMap<string, ErrorCode> = new Map([
  [errors.JWTExpired.code, 'TOKEN_EXPIRED'],
  [errors.JWTClaimValidationFailed.code, 'TOKEN_CLAIM'],
  [errors.JOSEAlgNotAllowed.code, 'TOKEN_SIGNATURE'],
  [errors.JWSSignatureVerificationFailed.code, 'TOKEN_SIGNATURE'],
  [errors.JWKSNoMatchingKey.code, 'TOKEN_SIGNATURE'],
  [errors.JWKSMultipleMatchingKeys.code, 'TOKEN_SIGNATURE'],
  [errors.JWSInvalid.code, 'TOKEN_MALFORMED'],
  [errors.JWTInvalid.code, 'TOKEN_MALFORMED'],
  [errors.JOSENotSupported.code, 'TOKEN_MALFORMED'],
]);

const COUNTED: Readonly<Partial<Record<ErrorCode, RejectReason>>> = {
  TOKEN_EXPIRED: 'token_expired',
  TOKEN_REPLAYED: 'replay',
};

/** The error of a token that could not be verified: `TOKEN_UNDECIDED` when the keys could not be had. */
export function refusalOf(error: unknown): PomeloException {
  if (error instanceof PomeloException) return error;
  const code = error instanceof errors.JOSEError ? REFUSALS.get(error.code) : undefined;
  return code === undefined
    ? pomeloError('TOKEN_UNDECIDED', { detail: withCause(error) })
    : pomeloError(code, { detail: (error as errors.JOSEError).message });
}

/** The counter of a refused token; `undefined` when nobody could say what it is. */
export function countedAs({ reason }: PomeloException): RejectReason | undefined {
  if (reason === 'TOKEN_UNDECIDED') return undefined;
  return COUNTED[reason as ErrorCode] ?? 'bad_token';
}

/** What `fetch` throws says nothing itself. */
function withCause(error: unknown): string {
  const cause: unknown =
    typeof error === 'object' && error !== null && 'cause' in error ? error.cause : undefined;
  return cause === undefined ? describeError(error) : `${describeError(error)} (${describeError(cause)})`;
}
