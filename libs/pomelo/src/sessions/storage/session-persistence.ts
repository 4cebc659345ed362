import { Logger } from '@nestjs/common';
import { describeError } from '../../errors/describe-error.js';
import { pomeloError } from '../../errors/pomelo.exception.js';
import type { FrontendSession } from '../frontend-session.js';
import type { SessionSettings } from '../session-home.interface.js';
import type { SessionStorageOptions, SettingsMerge } from './session-storage.interface.js';

const DEFAULT_HEARTBEAT_MS = 60_000;

/** The stores of one session, one after another: the newest values are the last that are stored. */
interface Writing {
  /** Fulfils or rejects when the values of now are stored. */
  next: Promise<void> | undefined;
  current: Promise<void> | undefined;
}

/** Brings the values of bound sessions to the storage and back. */
export class SessionPersistence {
  private readonly logger = new Logger('Pomelo');
  private readonly bound = new Map<FrontendSession, Writing>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly options: SessionStorageOptions) {
    const { heartbeatMs = DEFAULT_HEARTBEAT_MS } = options;
    this.timer = setInterval(() => this.beat(), heartbeatMs).unref();
  }

  /** Gives a session that was bound what is stored for its user, then stores it. Rejects with `STORAGE_FAILED`. */
  async load(session: FrontendSession, uid: string): Promise<void> {
    const stored = await this.guarded(this.options.storage.query(uid), 'query', uid);
    if (session.uid !== uid || !session.isConnected) return;
    this.bound.set(session, { next: undefined, current: undefined });
    if (stored !== undefined) session.settings = merged(this.options.merge, stored, session.settings);
    await this.store(session);
  }

  /** Stores what a session has now; a session that is not bound is nobody's. Rejects with `STORAGE_FAILED`. */
  async store(session: FrontendSession): Promise<void> {
    const writing = this.bound.get(session);
    if (writing === undefined) return;
    // Whoever comes while one store waits for another is served by the one that waits.
    writing.next ??= this.storeAfter(session, writing);
    await writing.next;
  }

  /** The user has logged out: nothing of the session is kept. Rejects with `STORAGE_FAILED`. */
  async forget(session: FrontendSession, uid: string): Promise<void> {
    const writing = this.bound.get(session);
    this.bound.delete(session);
    await writing?.current?.catch(() => {});
    await this.guarded(this.options.storage.delete(uid), 'delete', uid);
  }

  /** The connection has ended: what is stored stays. */
  leave(session: FrontendSession): void {
    this.bound.delete(session);
  }

  /** Ends the heartbeats. */
  stop(): void {
    clearInterval(this.timer);
  }

  private async storeAfter(session: FrontendSession, writing: Writing): Promise<void> {
    await writing.current?.catch(() => {});
    writing.next = undefined;
    const { uid, settings } = session;
    if (uid === undefined || !this.bound.has(session)) return;
    writing.current = this.guarded(this.options.storage.store(uid, settings), 'store', uid);
    await writing.current;
  }

  private beat(): void {
    for (const { uid } of this.bound.keys()) {
      if (uid !== undefined)
        // Told to the log by itself; the next beat tries again.
        this.guarded(this.options.storage.heartbeat(uid), 'heartbeat', uid).catch(() => {});
    }
  }

  private async guarded<T>(work: Promise<T>, verb: string, uid: string): Promise<T> {
    try {
      return await work;
    } catch (error) {
      const detail = describeError(error);
      this.logger.error(`The session storage failed to ${verb} ${JSON.stringify(uid)}: ${detail}`);
      throw pomeloError('STORAGE_FAILED', { detail });
    }
  }
}

function merged(
  merge: SettingsMerge = 'liveWins',
  stored: SessionSettings,
  live: SessionSettings,
): SessionSettings {
  const result =
    typeof merge === 'function'
      ? merge(stored, live)
      : merge === 'liveWins'
        ? { ...stored, ...live }
        : { ...live, ...stored };
  return Object.assign(Object.create(null) as Record<string, unknown>, result);
}
