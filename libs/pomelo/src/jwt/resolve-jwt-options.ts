import type { JWTVerifyOptions } from 'jose';
import {
  checkArray,
  checkInteger,
  checkOptional,
  checkRecord,
  refuseOption,
  refuseUnknown,
} from '../options/option-checks.js';
import { isSecretAlgorithm } from './algorithm-fit.js';
import { JWT_ALGORITHMS, type JwtAlgorithm, type JwtOptions } from './jwt.options.js';
import type { ReplayStore } from './replay-store.interface.js';
import { tokenOfUser } from './token-of-user.js';
import { verificationKey, type VerificationKey } from './verification-key.js';

/** Injection token of the checked options. */
export const JWT_OPTIONS = Symbol('JWT_OPTIONS');

const KNOWN = [
  'key',
  'algorithms',
  'issuer',
  'audience',
  'clockToleranceSeconds',
  'maxTokenAgeSeconds',
  'singleUse',
  'tokenOf',
  'uidClaim',
  'claims',
  'sessionKey',
  'graceSeconds',
];
const SINGLE_USE_SECONDS = 60;
const YEAR_SECONDS = 31_536_000;

/** The options of `PomeloJwtModule` with their defaults. */
export interface ResolvedJwtOptions extends Required<
  Pick<JwtOptions, 'tokenOf' | 'uidClaim' | 'sessionKey'>
> {
  readonly key: VerificationKey;
  /** What `jose` demands of a token. */
  readonly demands: JWTVerifyOptions;
  readonly clockToleranceSeconds: number;
  /** Seconds after `iat`; infinite is for ever. */
  readonly maxTokenAgeSeconds: number;
  readonly singleUse: boolean | ReplayStore;
  readonly claims: readonly string[] | undefined;
  readonly graceSeconds: number | false;
}

/** Checks the options and fills in the defaults. Throws `OPTION_INVALID`. */
export function resolveJwtOptions(given: JwtOptions): ResolvedJwtOptions {
  const options = checkRecord('PomeloJwtModule.forRoot()', given);
  refuseUnknown(options, KNOWN, 'jwt.');
  const algorithms = checkAlgorithms(options.algorithms);
  const { singleUse = false, uidClaim = 'sub', sessionKey = 'claims', tokenOf = tokenOfUser } = options;
  const { graceSeconds = 25, clockToleranceSeconds = 5 } = options;
  checkOptional('jwt.tokenOf', tokenOf, 'function');
  if (graceSeconds !== false) checkInteger('jwt.graceSeconds', graceSeconds, 0, YEAR_SECONDS);
  const timing = {
    clockToleranceSeconds: checkInteger('jwt.clockToleranceSeconds', clockToleranceSeconds, 0, 300),
    maxTokenAgeSeconds: maxAge(options.maxTokenAgeSeconds, singleUse),
  };
  return {
    key: verificationKey(options.key, algorithms),
    demands: demandsOf(options, algorithms, checkName('jwt.uidClaim', uidClaim), timing),
    ...timing,
    singleUse: checkSingleUse(singleUse),
    tokenOf,
    uidClaim,
    claims: options.claims && checkArray('jwt.claims', options.claims),
    sessionKey: checkName('jwt.sessionKey', sessionKey),
    graceSeconds,
  };
}

function demandsOf(
  { issuer, audience, singleUse = false }: Partial<JwtOptions>,
  algorithms: readonly JwtAlgorithm[],
  uidClaim: string,
  {
    clockToleranceSeconds,
    maxTokenAgeSeconds,
  }: { clockToleranceSeconds: number; maxTokenAgeSeconds: number },
): JWTVerifyOptions {
  return {
    algorithms: [...algorithms],
    requiredClaims: singleUse === false ? ['exp', uidClaim] : ['exp', uidClaim, 'jti'],
    clockTolerance: clockToleranceSeconds,
    ...(maxTokenAgeSeconds === Infinity ? {} : { maxTokenAge: maxTokenAgeSeconds }),
    ...(issuer === undefined ? {} : { issuer: checkNames('jwt.issuer', issuer) }),
    ...(audience === undefined ? {} : { audience: checkNames('jwt.audience', audience) }),
  };
}

function checkAlgorithms(given: readonly JwtAlgorithm[] | undefined): readonly JwtAlgorithm[] {
  const algorithms = checkArray('jwt.algorithms', given);
  const isKnown = algorithms.every((algorithm) => JWT_ALGORITHMS.includes(algorithm));
  if (algorithms.length === 0 || !isKnown)
    refuseOption('jwt.algorithms', given, `a list of ${JWT_ALGORITHMS.join(', ')}`, 'For example ["ES256"].');
  if (algorithms.some(isSecretAlgorithm) && !algorithms.every(isSecretAlgorithm))
    refuseOption('jwt.algorithms', given, 'either HS* or others', 'No key is good for both.');
  return algorithms;
}

function maxAge(given: number | undefined, singleUse: unknown): number {
  if (given !== undefined) return checkInteger('jwt.maxTokenAgeSeconds', given, 1, YEAR_SECONDS);
  return singleUse === false ? Infinity : SINGLE_USE_SECONDS;
}

function checkSingleUse(singleUse: boolean | ReplayStore): boolean | ReplayStore {
  if (typeof singleUse === 'boolean' || typeof singleUse?.use === 'function') return singleUse;
  return refuseOption(
    'jwt.singleUse',
    singleUse,
    'true, false or an object with use()',
    'For example new RedisReplayStore(redis).',
  );
}

function checkName(option: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  return refuseOption(option, value, 'a name', 'Leave it out for the default.');
}

function checkNames(option: string, value: string | readonly string[]): string[] {
  const names = typeof value === 'string' ? [value] : checkArray(option, value);
  if (names.length === 0)
    refuseOption(option, value, 'a name, or a list of names', 'An empty list lets nobody in.');
  return names.map((name) => checkName(option, name));
}
