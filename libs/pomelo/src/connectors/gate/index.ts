export type { GateAgent } from './gate-agent.interface.js';
export { gateAgentOf } from './gate-agent.js';
export type { GateHooks, GateNetwork, GatePack, PackCodec } from './gate-hooks.interface.js';
export { gate, GateConnector } from './gate.connector.js';
export type { FullBuffer, GateAddress, GateEncryption, GateOptions } from './gate.options.js';
export { pinned } from './pinned.js';
