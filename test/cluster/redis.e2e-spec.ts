import { RedisServer } from '../support/redis-server.js';
import { bindingsContract, type ContractEngine } from './contract/bindings-contract.js';
import { transportContract } from './contract/transport-contract.js';
import { engineOn } from './redis-engine.js';

async function makeEngine(): Promise<ContractEngine> {
  return engineOn(await RedisServer.start());
}

transportContract('redis()', makeEngine);
bindingsContract('redis()', makeEngine);
