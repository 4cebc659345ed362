import { Injectable } from '@nestjs/common';
import { InjectRemote, Remote, type RemoteClient } from 'nestjs-pomelo';
import type { Echo } from './load.js';

/** Id of the server that answers. */
export const ECHO_SERVER = 'echo-1';

/** Gives back what it gets. */
@Remote('echo.echoRemote')
export class EchoRemote {
  @Remote() echo(body: Uint8Array): Uint8Array {
    return body;
  }
}

/** Whoever calls it. */
@Injectable()
export class EchoCaller {
  constructor(@InjectRemote(EchoRemote) private readonly remote: RemoteClient<EchoRemote>) {}

  /** Calls the remote of one server. */
  get echo(): Echo {
    const { echo } = this.remote.to(ECHO_SERVER);
    return echo;
  }
}
