import { RemoteException } from '../errors/remote.exception.js';
import type { PushCallOptions } from '../push/push-terms.js';
import type {
  GuestJudge,
  SessionChanges,
  SessionHome,
  SessionSettings,
} from '../sessions/session-home.interface.js';
import type { SessionRecord, SessionState } from '../sessions/session-record.js';
import { Session } from '../sessions/session.js';

/** Calls a method of the framework on the frontend that owns a session. */
export type FrontendCall = (frontendId: string, method: string, args: readonly unknown[]) => Promise<unknown>;

/** A session on another server: everything that it is asked for reaches the frontend that owns it, and settles. */
export class RemoteSession implements SessionHome {
  readonly id: string;
  readonly frontendId: string;
  readonly remoteAddress: string;
  readonly certificateName: string | undefined;
  /** As of the last time that its frontend was asked. */
  isConnected = true;

  constructor(
    record: SessionRecord,
    private readonly call: FrontendCall,
    readonly isGuest: GuestJudge | undefined,
  ) {
    this.id = record.id;
    this.frontendId = record.frontendId;
    this.remoteAddress = record.remoteAddress;
    this.certificateName = record.certificateName;
  }

  async bind(uid: string): Promise<SessionSettings> {
    return (await this.ask('bind', uid)) as SessionSettings;
  }

  async unbind(uid: string): Promise<void> {
    await this.ask('unbind', uid);
  }

  async push(changes: SessionChanges): Promise<void> {
    await this.ask('push', changes);
  }

  /** False also when the frontend is gone: its clients are. */
  async send(route: string, body: unknown, options?: PushCallOptions): Promise<boolean> {
    const words = options === undefined ? [route, body] : [route, body, options];
    return this.unlessGone(async () => (await this.ask('send', ...words)) === true, false);
  }

  async close(reason?: string): Promise<void> {
    await this.unlessGone(async () => this.ask('close', reason), undefined);
  }

  async load(): Promise<SessionState | undefined> {
    const record = await this.unlessGone(async () => this.ask('get'), null);
    this.isConnected = record !== null;
    return record === null ? undefined : (record as SessionRecord);
  }

  private async ask(method: string, ...args: readonly unknown[]): Promise<unknown> {
    return this.call(this.frontendId, `$session.${method}`, [this.id, ...args]);
  }

  private async unlessGone<T>(ask: () => Promise<T>, gone: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof RemoteException) || error.reason !== 'REMOTE_NOT_DELIVERED') throw error;
      this.isConnected = false;
      return gone;
    }
  }
}

/** A view of a session that came from another server. */
export function viewOf(record: SessionRecord, call: FrontendCall, isGuest: GuestJudge | undefined): Session {
  return new Session(new RemoteSession(record, call, isGuest), record.uid, record.settings);
}
