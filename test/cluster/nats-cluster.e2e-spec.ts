import { nats } from 'nestjs-pomelo/nats';
import { clusterBehaviour } from './behaviour/cluster-behaviour.js';
import { NatsServer } from './support/nats-server.js';

clusterBehaviour('nats()', async () => {
  const server = await NatsServer.start();
  return { driver: () => nats({ servers: server.url }), close: async () => {} };
});
