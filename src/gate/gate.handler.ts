import { Body } from '@nestjs/common';
import {
  Handler,
  PomeloAdapter,
  PomeloException,
  rendezvous,
  ServerRegistry,
  type ServerInfo,
} from 'nestjs-pomelo';

/** Where a client connects next. */
export interface Entry {
  readonly code: 200;
  readonly host: unknown;
  readonly port: unknown;
}

@Handler('gate.gateHandler')
export class GateHandler {
  constructor(
    private readonly servers: ServerRegistry,
    private readonly adapter: PomeloAdapter,
  ) {}

  /** The same user is sent to the same connector as long as it runs. */
  @Handler()
  queryEntry(@Body('uid') uid: unknown): Entry {
    if (typeof uid !== 'string' || uid === '') throw new PomeloException(500, 'queryEntry needs a uid.');
    const connector = rendezvous(uid, this.servers.byType('connector'));
    if (connector === undefined) throw new PomeloException(500, 'No connector is running.');
    return { code: 200, host: connector.metadata['host'], port: this.portOf(connector) };
  }

  /** A port chosen by the system (0 in the options) is known to its own process only. */
  private portOf({ id, metadata }: ServerInfo): unknown {
    return id === this.servers.self.id ? this.adapter.addresses()[0]?.port : metadata['port'];
  }
}
