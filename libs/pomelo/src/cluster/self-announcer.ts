import type { ResolvedOptions } from '../options/resolved-options.js';
import { encodeAnnouncement } from './announcement.js';
import type { ClusterTransport, PeerId } from './cluster-driver.interface.js';
import { roleOf, type OwnIdentity } from './peer-news.js';
import type { ListenAddress, ServerInfo, ServerLoad } from './server-info.interface.js';
import type { ServerRegistry } from './server-registry.js';

/** What a server tells of itself. */
export interface OwnServer {
  readonly types: readonly string[];
  /** Read at every heartbeat. */
  load(): ServerLoad;
}

const NOTHING: OwnServer = { types: [], load: () => ({ calls: 0, sessions: 0 }) };

/** Tells the others of this server, and the registry what they are told. */
export class SelfAnnouncer implements OwnIdentity {
  private readonly bornAt = performance.now();
  private own = NOTHING;

  constructor(
    /** Differs for every start. */
    readonly inc: string,
    private readonly options: ResolvedOptions,
    private readonly registry: ServerRegistry,
    private readonly transport: ClusterTransport,
  ) {}

  get id(): string {
    return this.options.server.id;
  }

  /** Hosted types. */
  get types(): readonly string[] {
    return this.own.types;
  }

  /** Monotonic time since the start of this server, in ms. */
  get uptimeMs(): number {
    return performance.now() - this.bornAt;
  }

  get peer(): PeerId {
    return { id: this.id, inc: this.inc, role: roleOf(this.types) };
  }

  /** Begins: the registry knows this server, nobody else does yet. */
  begin(own: OwnServer): void {
    this.own = own;
    this.registry.setSelf(this.describe('up', []));
  }

  /** Clients find this server there. */
  listening(addresses: readonly ListenAddress[]): void {
    this.tell({ ...this.registry.self, addresses });
  }

  /** Nothing new is to be sent to this server. */
  draining(): void {
    this.tell(this.describe('draining', this.registry.self.addresses));
  }

  /** A sign of life. */
  beat(): void {
    const { state, addresses } = this.registry.self;
    this.tell(this.describe(state, addresses));
  }

  goodbye(): void {
    if (this.registry.isReady) this.transport.announce(encodeAnnouncement(undefined, this.uptimeMs));
  }

  private tell(self: ServerInfo): void {
    this.registry.setSelf(self);
    if (this.registry.isReady) this.transport.announce(encodeAnnouncement(self, this.uptimeMs));
  }

  private describe(state: ServerInfo['state'], addresses: readonly ListenAddress[]): ServerInfo {
    const { id, metadata } = this.options.server;
    const frontend = this.options.connectors.length > 0;
    const { inc, types } = this;
    return { id, inc, types, frontend, addresses, state, metadata, load: this.own.load() };
  }
}
