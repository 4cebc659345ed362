import type { PushCallOptions } from '../push/push-terms.js';
import type { SessionData } from './session-data.interface.js';
import type { SessionHome, SessionSettings } from './session-home.interface.js';

/**
 * A client's session as one message sees it.
 *
 * As in Pomelo, `set` and `delete` change this view alone; {@link push} and {@link pushAll} write to the frontend that
 * owns the session, and the next message sees it. The same code behaves the same in one process and in a cluster.
 */
export class Session {
  private changes: Record<string, unknown> | undefined;

  constructor(
    /** Where the session lives. For connectors and the framework; handlers do not need it. */
    readonly home: SessionHome,
    /** Bound user, or `undefined` for a guest. */
    public uid: string | undefined,
    private settings: SessionSettings,
  ) {}

  /** Unique in the cluster and over restarts; not a secret, and never accepted from a client. */
  get id(): string {
    return this.home.id;
  }

  /** Id of the server that holds the connection. */
  get frontendId(): string {
    return this.home.frontendId;
  }

  /** Network address of the client, without the port. */
  get remoteAddress(): string {
    return this.home.remoteAddress;
  }

  /** Name in the client's certificate, when the connector asks for certificates and has verified it. */
  get certificateName(): string | undefined {
    return this.home.certificateName;
  }

  /** No uid is bound, or what the option `sessions.isGuest` says. */
  get isGuest(): boolean {
    const judge = this.home.isGuest;
    return judge === undefined ? this.uid === undefined : judge(this);
  }

  /** The connection is open; of a session on another server as far as this view knows, see {@link refresh}. */
  get isConnected(): boolean {
    return this.home.isConnected;
  }

  /** Reads a value of this view; `undefined` when it is not set. */
  get<K extends keyof SessionData>(key: K): SessionData[K] | undefined {
    const name = String(key);
    const changed = this.changes;
    if (changed !== undefined && Object.hasOwn(changed, name)) return changed[name];
    return Object.hasOwn(this.settings, name) ? this.settings[name] : undefined;
  }

  /** Sets one value, or all of an object, in this view. */
  set<K extends keyof SessionData>(key: K, value: SessionData[K]): this;
  set(values: Partial<SessionData>): this;
  set(keyOrValues: PropertyKey | Partial<SessionData>, value?: unknown): this {
    this.changes ??= emptyRecord();
    if (typeof keyOrValues === 'object') Object.assign(this.changes, keyOrValues);
    else this.changes[String(keyOrValues)] = value;
    return this;
  }

  /** Removes a value from this view. */
  delete(key: keyof SessionData): this {
    this.changes ??= emptyRecord();
    this.changes[String(key)] = undefined;
    return this;
  }

  /** Sets the values that this view does not have yet. */
  setMissing(values: Partial<SessionData>): this {
    for (const [key, value] of Object.entries(values)) if (!this.has(key)) this.set({ [key]: value });
    return this;
  }

  /** Every value of this view, by name. */
  entries(): [key: string, value: unknown][] {
    return Object.entries({ ...this.settings, ...this.changes }).filter(([, value]) => value !== undefined);
  }

  /** Another view, which has what this one has and goes its own way. */
  clone(): Session {
    const copy = new Session(this.home, this.uid, this.settings);
    if (this.changes !== undefined) copy.changes = Object.assign(emptyRecord(), this.changes);
    return copy;
  }

  /**
   * Reads the uid and the values of the session anew; what this view changed is forgotten. Resolves to false when the
   * session is closed, and rejects when its server cannot be asked.
   */
  async refresh(): Promise<boolean> {
    const state = await this.home.load();
    if (state === undefined) return false;
    this.uid = state.uid;
    this.settings = state.settings;
    this.changes = undefined;
    return true;
  }

  /** Writes the named values to the owning frontend. Rejects with `SESSION_CLOSED`. */
  async push(...keys: (keyof SessionData)[]): Promise<void> {
    const changes = emptyRecord();
    for (const key of keys) changes[String(key)] = this.get(key);
    await this.home.push(changes);
  }

  /** Writes every value that this view changed. Rejects with `SESSION_CLOSED`. */
  async pushAll(): Promise<void> {
    if (this.changes !== undefined) await this.home.push({ ...this.changes });
  }

  /**
   * Binds a user to the session; the same uid again is fine.
   *
   * Rejects with `BAD_UID`, `ALREADY_BOUND` (another uid), `UID_TAKEN` (policy `refuseNew`), `SESSION_CLOSED`, or
   * `STORAGE_FAILED` when the session storage cannot be asked: then nobody is bound.
   */
  async bind(uid: string): Promise<void> {
    this.settings = await this.home.bind(uid);
    this.uid = uid;
  }

  /** Removes the binding; `uid` defaults to the bound one. Rejects with `NOT_BOUND` or `SESSION_CLOSED`. */
  async unbind(uid = this.uid): Promise<void> {
    await this.home.unbind(uid ?? '');
    this.uid = undefined;
  }

  /**
   * Sends a push message to this client. Resolves to false when the session is closed, or when it was skipped or too late
   * as the options say; rejects when the body cannot be encoded.
   */
  async send(route: string, body: unknown, options?: PushCallOptions): Promise<boolean> {
    return this.home.send(route, body, options);
  }

  /** Tells the client why, then ends the connection. */
  async kick(reason = 'kick'): Promise<void> {
    await this.home.close(reason);
  }

  /** Ends the connection without a word. */
  async close(): Promise<void> {
    await this.home.close();
  }

  /** Takes over what a later view of the same session knows; for the framework, where a view outlives its message. */
  adopt({ uid, settings }: Session): void {
    this.uid = uid;
    this.settings = settings;
    this.changes = undefined;
  }

  /** The values of this view, as a plain copy. */
  toJSON(): { id: string; frontendId: string; uid: string | undefined; settings: Record<string, unknown> } {
    return {
      id: this.id,
      frontendId: this.frontendId,
      uid: this.uid,
      settings: { ...this.settings, ...this.changes },
    };
  }

  private has(name: string): boolean {
    return this.get(name) !== undefined;
  }
}

function emptyRecord(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
