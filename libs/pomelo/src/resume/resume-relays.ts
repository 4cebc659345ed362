import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { ServerRegistry } from '../cluster/server-registry.js';
import type { Carrier, Resumed, ResumeWish } from '../connectors/resumption.interface.js';
import { POMELO_OPTIONS, type ResolvedOptions } from '../options/resolved-options.js';
import { RpcService } from '../remotes/rpc.service.js';
import { DOWN, OPEN, UP, type Cargo, type DownWord, type UpWord } from './relay-messages.js';
import { RelayedSession } from './relayed-session.js';
import { RemoteCarrier } from './remote-carrier.js';
import { ResumeDesk } from './resume-desk.js';

/** Time for another frontend to give a session, in ms; then the client starts anew. */
const OPEN_MS = 2_000;

/**
 * Clients that come back on another frontend than that of their session. The session stays where it is, with its
 * channels, its binding and the requests in flight; the frontend of the client passes messages on.
 */
@Injectable()
export class ResumeRelays implements OnModuleInit {
  private counter = 0;
  /** Clients of this frontend, by relay. */
  private readonly outward = new Map<number, RelayedSession>();
  /** Sessions of this frontend, by the frontend of the client and its relay. */
  private readonly inward = new Map<string, Map<number, RemoteCarrier>>();

  constructor(
    @Inject(POMELO_OPTIONS) private readonly options: ResolvedOptions,
    private readonly desk: ResumeDesk,
    private readonly rpc: RpcService,
    private readonly registry: ServerRegistry,
  ) {}

  onModuleInit(): void {
    if (this.options.cluster === undefined) return;
    this.desk.connect((home, wish, carrier) => this.open(home, wish, carrier));
    this.rpc.expose(OPEN, ({ id }, relay: number, wish: ResumeWish, address: string, transport: string) =>
      this.opened(id, relay, wish, address, transport),
    );
    this.rpc.expose(UP, ({ id }, relay: number, number: number, word: UpWord, cargo: Cargo) =>
      this.inward.get(id)?.get(relay)?.hear(number, word, cargo),
    );
    this.rpc.expose(DOWN, ({ id }, relay: number, number: number, word: DownWord, cargo: Cargo) => {
      const session = this.outward.get(relay);
      if (session?.home === id) session.hear(number, word, cargo);
    });
    this.registry.on('leave', ({ id }) => this.lost(id));
  }

  /** Asks another frontend for a session of its own. */
  private async open(home: string, wish: ResumeWish, carrier: Carrier): Promise<Resumed | undefined> {
    if (this.registry.get(home) === undefined) return undefined;
    this.counter += 1;
    const relay = this.counter;
    const { remoteAddress, transport } = carrier;
    try {
      const session = new RelayedSession(
        home,
        carrier,
        (number, word, cargo) => this.rpc.notify(home, UP, [relay, number, word, cargo]),
        () => this.outward.delete(relay),
      );
      this.outward.set(relay, session);
      const reply = await this.rpc.call(home, OPEN, [relay, wish, remoteAddress, transport], {
        timeoutMs: OPEN_MS,
      });
      if (reply instanceof Uint8Array) return { session, reply: Buffer.from(reply) };
    } catch {
      // The session may have been opened, and nobody will ever carry it: it ends when its time is over.
    }
    this.outward.delete(relay);
    return undefined;
  }

  /** Another frontend asks for a session of this one. */
  private opened(
    frontend: string,
    relay: number,
    wish: ResumeWish,
    remoteAddress: string,
    transport: string,
  ): Uint8Array | undefined {
    const relays = this.inward.get(frontend) ?? new Map<number, RemoteCarrier>();
    this.inward.set(frontend, relays);
    const carrier = new RemoteCarrier(
      remoteAddress,
      transport,
      (number, word, cargo) => this.rpc.notify(frontend, DOWN, [relay, number, word, cargo]),
      () => relays.delete(relay),
    );
    const resumed = this.desk.resumeHere(wish, carrier);
    if (resumed === undefined) return undefined;
    relays.set(relay, carrier);
    carrier.carries(resumed.session);
    return resumed.reply;
  }

  private lost(server: string): void {
    const relays = [...(this.inward.get(server)?.values() ?? [])];
    this.inward.delete(server);
    for (const carrier of relays) carrier.gone('peer_reset');
    for (const session of this.outward.values()) if (session.home === server) session.breakOff();
  }
}
