import { Body } from '@nestjs/common';
import { Handler, PomeloException, rendezvous, ServerRegistry } from 'nestjs-pomelo';

/** Where a client connects next. */
export interface Entry {
  readonly code: 200;
  readonly host: unknown;
  readonly port: number | undefined;
}

@Handler('gate.gateHandler')
export class GateHandler {
  constructor(private readonly servers: ServerRegistry) {}

  /** The same user is sent to the same connector as long as it runs. */
  @Handler()
  queryEntry(@Body('uid') uid: unknown): Entry {
    if (typeof uid !== 'string' || uid === '') throw new PomeloException(500, 'queryEntry needs a uid.');
    const connector = rendezvous(uid, this.servers.byType('connector'));
    if (connector === undefined) throw new PomeloException(500, 'No connector is running.');
    return { code: 200, host: connector.metadata['host'], port: connector.addresses[0]?.port };
  }
}
