import { connect, deferred, type Deferred, type NatsConnection } from '@nats-io/transport-node';
import { setTimeout as delay } from 'node:timers/promises';
import { describeError } from '../errors/describe-error.js';
import { PomeloConfigException } from '../errors/pomelo.exception.js';
import type { AbsenceLog } from './absence-log.js';
import { ConnectionWatch } from './connection-watch.js';
import { refusalIn, refused } from './refused.js';
import type { ResolvedNatsOptions } from './resolve-nats-options.js';
import { serverOrder } from './server-order.js';

/** Between two rounds over all servers, in ms; up to twice that, so that not everybody comes back at once. */
const DIAL_MS = 100;
/** For the answer of one server, in ms. */
const ANSWER_MS = 4_000;
/** Between two pings, in ms. A server that has not answered the last two is given up. */
const PING_MS = 1_000;

/** What a link is for. */
export interface LinkUser {
  /** Readies a new connection. What it throws ends that connection; another one is made. */
  prepare(watch: ConnectionWatch): Promise<void>;
  /** There is a connection again. */
  up?(): void;
  /** The connection is gone; another one is made. */
  down?(): void;
  /** NATS complains of something that nobody waits for. */
  trouble?(error: Error): void;
}

/**
 * Keeps a connection to NATS until it is closed. Every loss begins a new connection: nats.js, when it reconnects by
 * itself, drops what it was given meanwhile and never gives up a server that takes no bytes.
 */
export class NatsLink {
  private readonly leaving = new AbortController();
  private ready: Deferred<NatsConnection> = deferred();
  private held: NatsConnection | undefined;
  private named: readonly string[] = [];
  private last: string | undefined;

  constructor(
    private readonly options: ResolvedNatsOptions,
    private readonly name: string,
    private readonly user: LinkUser,
    private readonly absence: AbsenceLog,
  ) {}

  /** Connects, however long that takes. Rejects with `CLUSTER_REFUSED`, and when it is closed before. */
  async open(): Promise<void> {
    await Promise.race([this.dial(true), this.ready]);
  }

  /** The connection, as soon as there is one. Rejects when the link is closed. */
  connection(): Promise<NatsConnection> {
    return this.ready;
  }

  /** Ends it. What was written before is lost unless it was flushed. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.leaving.abort();
    this.absence.forget(this);
    const { held } = this;
    if (held !== undefined) this.ready = deferred();
    this.ready.catch(() => {});
    this.ready.reject(new Error('The link to NATS was closed'));
    await held?.close();
  }

  private get isClosed(): boolean {
    return this.leaving.signal.aborted;
  }

  private async dial(isFirst: boolean): Promise<void> {
    while (!this.isClosed) {
      try {
        this.hold(await this.establish());
        return;
      } catch (error) {
        if (this.isClosed) return;
        if (isFirst) this.refuse(error);
        this.absence.away(this, describeError(error));
      }
      const { signal } = this.leaving;
      await delay(DIAL_MS * (1 + Math.random()), undefined, { signal }).catch(() => {});
    }
  }

  private async establish(): Promise<ConnectionWatch> {
    const connection = await this.connect();
    const watch = new ConnectionWatch(connection, (error) => this.user.trouble?.(error));
    try {
      if (this.isClosed) throw new Error('The link to NATS was closed');
      this.last = connection.getServer();
      this.named = connection.info?.connect_urls ?? [];
      await this.user.prepare(watch);
      return watch;
    } catch (error) {
      await connection.close();
      throw error;
    }
  }

  private connect(): Promise<NatsConnection> {
    const { credentials, inboxPrefix, servers } = this.options;
    return connect({
      ...credentials,
      servers: serverOrder(servers, this.named, this.last),
      noRandomize: true,
      name: this.options.name ?? this.name,
      inboxPrefix,
      reconnect: false,
      timeout: ANSWER_MS,
      pingInterval: PING_MS,
      maxPingOut: 2,
      noEcho: true,
      noAsyncTraces: true,
    });
  }

  private hold({ connection, ended }: ConnectionWatch): void {
    this.absence.back(this, connection.getServer());
    this.held = connection;
    this.ready.resolve(connection);
    void ended.then(() => this.lose());
  }

  private lose(): void {
    if (this.isClosed) return;
    this.held = undefined;
    this.ready = deferred();
    this.user.down?.();
    void this.dial(false).then(() => {
      if (!this.isClosed) this.user.up?.();
    });
  }

  private refuse(error: unknown): void {
    if (error instanceof PomeloConfigException) throw error;
    const detail = refusalIn(error);
    if (detail !== undefined) throw refused(this.options.servers, detail);
  }
}
