import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import type { Carrier, Resumed, ResumeWish } from '../connectors/resumption.interface.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import type { SystemMethod } from '../remotes/call-answers.js';
import { RpcService } from '../remotes/rpc.service.js';
import { audit, reportOf, type RelayReport } from './relay-audit.js';
import {
  AUDIT_DOWN,
  AUDIT_UP,
  DOWN,
  NO_NUMBER,
  OPEN,
  UP,
  type Cargo,
  type DownWord,
  type UpWord,
} from './relay-messages.js';
import { RelayedSession } from './relayed-session.js';
import { RelaysByServer } from './relays-by-server.js';
import { RemoteCarrier } from './remote-carrier.js';
import { ResumeDesk } from './resume-desk.js';

/** Time for another frontend to give a session, in ms; then the client starts anew. */
const OPEN_MS = 2_000;

/** What another frontend says of a client: its address, transport, and the name in its certificate. */
type RelayedClient = readonly [remoteAddress: string, transport: string, certificateName: string | undefined];

/**
 * Clients that come back on another frontend than that of their session. The session stays where it is, with its
 * channels, its binding and the requests in flight; the frontend of the client passes messages on.
 */
@Injectable()
export class ResumeRelays implements OnModuleInit, OnApplicationShutdown {
  private counter = 0;
  /** Clients of this frontend, by the frontend of their session. */
  private readonly outward = new RelaysByServer<RelayedSession>();
  /** Sessions of this frontend, by the frontend of their client, which numbers them. */
  private readonly inward = new RelaysByServer<RemoteCarrier>();
  private audits: NodeJS.Timeout | undefined;

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly desk: ResumeDesk,
    private readonly rpc: RpcService,
    private readonly registry: ServerRegistry,
  ) {}

  onModuleInit(): void {
    if (this.options.cluster === undefined) return;
    const { rpc, inward, outward } = this;
    this.desk.connect((home, wish, carrier) => this.open(home, wish, carrier));
    // None of them waits for anything, and one that is refused would cost a client its connection.
    const expose = (name: string, method: SystemMethod): void => rpc.expose(name, method, false);
    expose(OPEN, ({ id }, relay: number, wish: ResumeWish, client: RelayedClient) =>
      this.opened(id, relay, wish, client),
    );
    expose(UP, ({ id }, relay: number, number: number, word: UpWord, cargo: Cargo) => {
      const carrier = inward.get(id, relay);
      if (carrier !== undefined) carrier.hear(number, word, cargo);
      else if (word !== 'gone') this.disown(id, relay);
    });
    expose(DOWN, ({ id }, relay: number, number: number, word: DownWord, cargo: Cargo) =>
      outward.get(id, relay)?.hear(number, word, cargo),
    );
    expose(AUDIT_UP, ({ id }, report: RelayReport) => {
      for (const relay of audit(report, inward.of(id))) this.disown(id, relay);
    });
    expose(AUDIT_DOWN, ({ id }, report: RelayReport) => {
      for (const relay of audit(report, outward.of(id))) rpc.notify(id, UP, [relay, NO_NUMBER, 'gone']);
    });
    this.registry.on('leave', ({ id }) => this.lost(id));
    this.audits = setInterval(() => this.report(), this.options.limits.clusterHeartbeatMs).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.audits);
  }

  /** Asks another frontend for a session of its own. */
  private async open(home: string, wish: ResumeWish, carrier: Carrier): Promise<Resumed | undefined> {
    if (this.registry.get(home) === undefined) return undefined;
    this.counter += 1;
    const relay = this.counter;
    const { remoteAddress, transport, certificateName } = carrier;
    const client: RelayedClient = [remoteAddress, transport, certificateName];
    const session = new RelayedSession(
      carrier,
      (number, word, cargo) => this.rpc.notify(home, UP, [relay, number, word, cargo]),
      () => this.outward.delete(home, relay),
    );
    this.outward.set(home, relay, session);
    try {
      const args = [relay, wish, client];
      const reply = await this.rpc.call(home, OPEN, args, { timeoutMs: OPEN_MS });
      if (reply instanceof Uint8Array) return { session, reply: Buffer.from(reply) };
    } catch {
      // When it has been opened all the same, the next audit ends that.
    }
    this.outward.delete(home, relay);
    return undefined;
  }

  /** Another frontend asks for a session of this one. */
  private opened(
    frontend: string,
    relay: number,
    wish: ResumeWish,
    client: RelayedClient,
  ): Uint8Array | undefined {
    const carrier = new RemoteCarrier(
      ...client,
      (number, word, cargo) => this.rpc.notify(frontend, DOWN, [relay, number, word, cargo]),
      () => this.inward.delete(frontend, relay),
    );
    const resumed = this.desk.resumeHere(wish, carrier);
    if (resumed === undefined) return undefined;
    this.inward.set(frontend, relay, carrier);
    carrier.carries(resumed.session);
    return resumed.reply;
  }

  /** The client of a relay that is over here does not know it yet. */
  private disown(frontend: string, relay: number): void {
    this.rpc.notify(frontend, DOWN, [relay, NO_NUMBER, 'abandon']);
  }

  /** A word that was lost is missed by the next one, or else by this. */
  private report(): void {
    for (const [home, relays] of this.outward) this.rpc.notify(home, AUDIT_UP, [reportOf(relays)]);
    for (const [frontend, relays] of this.inward) this.rpc.notify(frontend, AUDIT_DOWN, [reportOf(relays)]);
  }

  private lost(server: string): void {
    for (const carrier of this.inward.of(server).values()) carrier.gone('peer_reset');
    for (const session of this.outward.of(server).values()) session.breakOff();
  }
}
