import { nats } from 'nestjs-pomelo/nats';
import { bindingsContract, type ContractEngine } from './contract/bindings-contract.js';
import { transportContract } from './contract/transport-contract.js';
import { NatsServer } from './support/nats-server.js';

async function makeEngine(): Promise<ContractEngine> {
  const server = await NatsServer.start();
  return { driver: () => nats({ servers: server.url }), close: async () => {} };
}

transportContract('nats()', makeEngine);
bindingsContract('nats()', makeEngine);
