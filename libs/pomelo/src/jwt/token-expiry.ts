import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { JWTPayload } from 'jose';
import { reportReject } from '../diagnostics.js';
import { transportOf, type FrontendSession } from '../sessions/frontend-session.js';
import type { SessionSettings } from '../sessions/session-home.interface.js';
import { SessionService } from '../sessions/session.service.js';
import { DeadlineWatch, type WatchedEntry } from '../timing/deadline-watch.js';
import { JWT_OPTIONS, type ResolvedJwtOptions } from './resolve-jwt-options.js';

/** Ends the sessions of this server whose token has expired, and who brought no new one. */
@Injectable()
export class TokenExpiry implements OnModuleInit, OnApplicationShutdown {
  private readonly watch = new DeadlineWatch();
  private readonly sessions = new Map<FrontendSession, WatchedSession>();

  constructor(
    @Inject(JWT_OPTIONS) private readonly options: ResolvedJwtOptions,
    private readonly modules: ModuleRef,
  ) {}

  /** Sessions that are watched. */
  get size(): number {
    return this.watch.size;
  }

  onModuleInit(): void {
    this.modules.get(SessionService, { strict: false }).onEnded((session) => this.forget(session));
  }

  onApplicationShutdown(): void {
    this.watch.stop();
  }

  /** Watches a session until the token that it has by then has expired. */
  begin(session: FrontendSession): void {
    this.forget(session);
    const deadline = this.deadlineOf(session);
    if (!session.isConnected || deadline === undefined) return;
    const watched = new WatchedSession(session, deadline, this);
    this.sessions.set(session, watched);
    this.watch.add(watched);
  }

  /** The deadline of a session has come; for {@link WatchedSession}. */
  due(session: FrontendSession): void {
    this.forget(session);
    // A new token may have come through another server: what the session has is what counts.
    if ((this.deadlineOf(session) ?? 0) > Date.now()) this.begin(session);
    else this.end(session);
  }

  private end(session: FrontendSession): void {
    reportReject('session', 'token_expired', transportOf(session));
    session.close('token_expired');
  }

  private forget(session: FrontendSession): void {
    const watched = this.sessions.get(session);
    if (watched === undefined) return;
    this.sessions.delete(session);
    this.watch.remove(watched);
  }

  /** `undefined` when it may stay for ever; a session that has lost its claims may not. */
  private deadlineOf({ settings }: FrontendSession): number | undefined {
    const { graceSeconds, sessionKey } = this.options;
    if (graceSeconds === false) return undefined;
    return ((expiryOf(settings, sessionKey) ?? 0) + graceSeconds) * 1_000;
  }
}

function expiryOf(settings: SessionSettings, key: string): number | undefined {
  return (settings[key] as JWTPayload | undefined)?.exp;
}

class WatchedSession implements WatchedEntry {
  place = -1;

  constructor(
    private readonly session: FrontendSession,
    readonly deadline: number,
    private readonly expiry: TokenExpiry,
  ) {}

  expire(): void {
    this.expiry.due(this.session);
  }
}
