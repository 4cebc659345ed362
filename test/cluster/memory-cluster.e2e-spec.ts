import { memory } from 'nestjs-pomelo';
import { clusterBehaviour } from './behaviour/cluster-behaviour.js';

clusterBehaviour('memory()', () => {
  const driver = memory();
  return { driver: () => driver, close: async () => {} };
});
