import type { GateNetwork } from './gate-hooks.interface.js';

/** What a gate knows of one connection. The numbers go on while it is looked at. */
export interface GateAgent {
  /** Packs that came. */
  readonly recvNum: number;
  /** Packs that were sent. */
  readonly sendNum: number;
  /** When the client connected, in ms since 1970. */
  readonly connTime: number;
  /** The connection is gone, or about to. */
  readonly isClosed: boolean;
  /** The application has let the client in. */
  readonly isShaked: boolean;
  /** Why the connection was ended, or what else went wrong last; `undefined` when nothing did. */
  readonly lastError: string | undefined;
  /** Network address, without the port. */
  readonly ip: string;
  readonly network: GateNetwork;
}
