import type { ClusterDriver } from 'nestjs-pomelo';
import { nats } from 'nestjs-pomelo/nats';
import { NatsServer } from './cluster/support/nats-server.js';
import { globalChannelsSuite } from './support/channels/global-channels.suite.js';

async function makeCluster(): Promise<ClusterDriver> {
  const { url } = await NatsServer.start();
  return nats({ servers: url });
}

globalChannelsSuite('nats()', makeCluster);
