import type { ClusterDriver } from 'nestjs-pomelo';
import { redis } from 'nestjs-pomelo/redis';
import { channelsSuite } from './support/channels/channels.suite.js';
import { globalChannelsSuite } from './support/channels/global-channels.suite.js';
import { RedisServer } from './support/redis-server.js';

async function makeCluster(): Promise<ClusterDriver> {
  const { url } = await RedisServer.start();
  return redis({ url });
}

channelsSuite('redis()', makeCluster);
globalChannelsSuite('redis()', makeCluster);
