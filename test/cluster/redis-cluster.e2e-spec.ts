import { RedisServer } from '../support/redis-server.js';
import { clusterBehaviour } from './behaviour/cluster-behaviour.js';
import { engineOn } from './redis-engine.js';

clusterBehaviour('redis()', async () => engineOn(await RedisServer.start()));
