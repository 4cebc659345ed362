import type { ConnectionContext } from '../connection/connection-context.js';
import type { RouteTable } from './route-table.js';
import type { ResolvedMydogOptions } from './mydog.options.js';

/** What all connections of one mydog connector share. */
export interface MydogContext extends ConnectionContext {
  readonly options: ResolvedMydogOptions;
  readonly table: RouteTable;
  /** Bytes of the longest frame once the handshake is done, its length included. */
  readonly maxFrameBytes: number;
}
