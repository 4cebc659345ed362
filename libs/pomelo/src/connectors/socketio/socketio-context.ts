import type { ConnectionContext } from '../connection/connection-context.js';

/** What all connections of one socket.io connector share. */
export interface SocketioContext extends ConnectionContext {
  /** Name of the connector, for counters. */
  readonly connector: string;
}
