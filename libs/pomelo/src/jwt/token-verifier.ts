import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { jwtVerify, type JWTPayload } from 'jose';
import { createHash } from 'node:crypto';
import { PomeloAdapter } from '../adapter/pomelo.adapter.js';
import { describeError } from '../errors/describe-error.js';
import { OutageLog } from '../errors/outage-log.js';
import { pomeloError } from '../errors/pomelo.exception.js';
import { DEFAULT_LIMITS, type PomeloLimits } from '../options/limits.js';
import { isUid } from '../sessions/uid.js';
import { MemoryReplayStore } from './memory-replay-store.js';
import type { ReplayStore } from './replay-store.interface.js';
import { JWT_OPTIONS, type ResolvedJwtOptions } from './resolve-jwt-options.js';
import { refusalOf } from './token-refusal.js';

/** What a token says that was verified. */
export interface VerifiedToken {
  readonly uid: string;
  readonly claims: JWTPayload & { readonly exp: number };
}

/** Decides on tokens: their form, signature, claims, and whether they were used before. */
@Injectable()
export class TokenVerifier implements OnModuleInit {
  private readonly outage = new OutageLog(new Logger('Pomelo'), 'The check of tokens');
  private limits: Readonly<PomeloLimits> = DEFAULT_LIMITS;
  private used: ReplayStore | undefined;

  constructor(
    @Inject(JWT_OPTIONS) private readonly options: ResolvedJwtOptions,
    private readonly modules: ModuleRef,
  ) {}

  onModuleInit(): void {
    // PomeloModule need not be global.
    this.limits = this.modules.get(PomeloAdapter, { strict: false }).limits;
    const { singleUse } = this.options;
    if (singleUse === true) this.used = new MemoryReplayStore(this.limits.usedTokens);
    else if (singleUse !== false) this.used = singleUse;
  }

  /**
   * Verifies a token, and notes it as used when it is for single use. Rejects with one of the errors `TOKEN_…`.
   *
   * @param uid Whose token it has to be; default anybody's.
   */
  async verify(token: unknown, uid?: string): Promise<VerifiedToken> {
    try {
      const verified = await this.decide(this.readable(token));
      if (uid !== undefined && verified.uid !== uid) throw pomeloError('TOKEN_SUBJECT');
      await this.useOnce(verified.claims);
      this.outage.worked();
      return verified;
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal.reason === 'TOKEN_UNDECIDED') this.outage.failed(refusal.message);
      throw refusal;
    }
  }

  private readable(token: unknown): string {
    if (token === undefined || token === null || token === '') throw pomeloError('TOKEN_MISSING');
    if (typeof token !== 'string') throw pomeloError('TOKEN_MALFORMED', { detail: typeof token });
    const { tokenBytes } = this.limits;
    if (Buffer.byteLength(token) > tokenBytes)
      throw pomeloError('TOKEN_MALFORMED', { detail: `it has more than ${tokenBytes} bytes` });
    return token;
  }

  private async decide(token: string): Promise<VerifiedToken> {
    const { key, demands, uidClaim } = this.options;
    const { payload } = await jwtVerify(token, key, demands);
    const uid = payload[uidClaim];
    if (!isUid(uid, this.limits.uidLength))
      throw pomeloError('TOKEN_CLAIM', { detail: `"${uidClaim}" is no uid` });
    return { uid, claims: { ...payload, exp: payload.exp ?? 0 } };
  }

  private async useOnce(claims: VerifiedToken['claims']): Promise<void> {
    const { used } = this;
    if (used === undefined) return;
    const { iss, jti } = claims;
    if (typeof jti !== 'string' || jti === '')
      throw pomeloError('TOKEN_CLAIM', { detail: '"jti" is no name' });
    // As a hash, because both may be long.
    const id = createHash('sha256')
      .update(JSON.stringify([iss, jti]))
      .digest('base64url');
    if (!(await this.note(used, id, this.usableMs(claims)))) throw pomeloError('TOKEN_REPLAYED');
  }

  private async note(used: ReplayStore, id: string, ttlMs: number): Promise<boolean> {
    try {
      return await used.use(id, ttlMs);
    } catch (error) {
      throw pomeloError('TOKEN_UNDECIDED', { detail: describeError(error) });
    }
  }

  /** For how long the token passes all other checks. */
  private usableMs({ exp, iat = 0 }: VerifiedToken['claims']): number {
    const { clockToleranceSeconds, maxTokenAgeSeconds } = this.options;
    const lastSecond = Math.min(exp, iat + maxTokenAgeSeconds) + clockToleranceSeconds;
    // These checks are made in whole seconds.
    return (lastSecond + 1) * 1_000 - Date.now();
  }
}
