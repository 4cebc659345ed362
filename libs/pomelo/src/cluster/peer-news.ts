import { Logger } from '@nestjs/common';
import { decodeAnnouncement, PROTOCOL_VERSION } from './announcement.js';
import type { PeerId } from './cluster-driver.interface.js';
import type { Membership } from './membership.js';
import type { ServerRegistry } from './server-registry.js';

/** Strangers that are named in the log; beyond it nobody reads on. */
const MAX_NAMED = 1_000;

/** Servers whose ages differ by less, in ms, count as twins: how long news is on its way must not decide between them. */
const TWINS_MS = 5_000;

/** What this server has to be told apart from. */
export interface OwnIdentity {
  readonly id: string;
  readonly inc: string;
  readonly uptimeMs: number;
}

/** Takes what servers announce of themselves to the registry, and knows whom not to believe. */
export class PeerNews {
  private readonly logger = new Logger('Pomelo');
  private readonly named = new Set<string>();

  constructor(
    private readonly own: OwnIdentity,
    private readonly registry: ServerRegistry,
    private readonly membership: Membership,
    /** Another process has our id, and is older. */
    private readonly onElder: () => void,
  ) {}

  /** Takes one announcement. */
  hear(from: PeerId, bytes: Uint8Array): void {
    const announced = decodeAnnouncement(bytes);
    if (announced?.version !== PROTOCOL_VERSION) {
      this.nameStranger(from, announced?.version);
      return;
    }
    const { info, uptimeMs } = announced;
    if (from.id === this.own.id) {
      if (from.inc !== this.own.inc && info !== undefined) this.meetDouble(from, uptimeMs);
    } else if (info === undefined) this.membership.remove(from.id, from.inc, 'bye');
    else if (info.id === from.id && info.inc === from.inc && roleOf(info.types) === from.role) {
      this.registry.add(info);
      this.membership.announced(from);
    } else this.logger.error(`Server ${from.id} announced itself as another one`);
  }

  /** Two servers that were started with one id: the younger one goes, and one of twins. Clocks are not compared. */
  private meetDouble({ inc }: PeerId, uptimeMs: number): void {
    const { uptimeMs: ownUptime, inc: ownInc } = this.own;
    const older = uptimeMs - ownUptime;
    const isElder = Math.abs(older) > TWINS_MS ? older > 0 : inc < ownInc;
    if (isElder) this.onElder();
  }

  private nameStranger({ id, inc }: PeerId, version = 0): void {
    const key = `${id} ${inc}`;
    if (this.named.has(key) || this.named.size >= MAX_NAMED) return;
    this.named.add(key);
    this.logger.warn(
      `Server ${id} speaks version ${version} of the cluster protocol and this one ${PROTOCOL_VERSION}: nothing is sent there.`,
    );
  }
}

/** As what a server speaks: a server without types, which only calls others, has a role, too. */
export function roleOf(types: readonly string[]): string {
  return types.join('+') || '-';
}
