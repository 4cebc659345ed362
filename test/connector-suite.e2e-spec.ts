import { connectorContract } from 'nestjs-pomelo/testing';
import { hybridOverTcp, hybridOverWebSocket, inProcess } from './support/contract/harnesses.js';

describe.each([
  ['the hybrid connector over TCP', hybridOverTcp],
  ['the hybrid connector over WebSocket', hybridOverWebSocket],
  ['the connector for tests', inProcess()],
])('%s keeps the contract:', (_name, harness) => {
  for (const { name, run } of connectorContract(harness)) it(name, run);
});
