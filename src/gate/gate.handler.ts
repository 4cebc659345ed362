import { Body } from '@nestjs/common';
import { Handler, PomeloException, rendezvous, ServerRegistry } from 'nestjs-pomelo';

/** Where a client connects next. */
export interface Entry {
  readonly code: 200;
  readonly host: unknown;
  readonly port: unknown;
}

@Handler('gate.gateHandler')
export class GateHandler {
  constructor(private readonly servers: ServerRegistry) {}

  /** The same user is sent to the same connector as long as it runs. */
  @Handler()
  queryEntry(@Body('uid') uid: unknown): Entry {
    if (typeof uid !== 'string' || uid === '') throw new PomeloException(500, 'queryEntry needs a uid.');
    // A server that has just joined does not listen yet.
    const listening = this.servers.byType('connector').filter(({ addresses }) => addresses.length > 0);
    const connector = rendezvous(uid, listening);
    if (connector === undefined) throw new PomeloException(500, 'No connector is running.');
    const { host, port = connector.addresses[0]?.port } = connector.metadata;
    return { code: 200, host, port };
  }
}
