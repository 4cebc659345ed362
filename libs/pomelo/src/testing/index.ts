export { connectorContract, type ContractCase } from './contract/connector-contract.js';
export type {
  ConnectorHarness,
  ContractMessage,
  ContractPeer,
  HarnessFeature,
  ReceivedMessage,
} from './contract/connector-harness.interface.js';
export {
  RecordingManager,
  type RecordedClient,
  type RecordingOptions,
} from './contract/recording-manager.js';
export { replaceConnectors } from './replace-connectors.js';
export type { PushListener } from './push-inbox.js';
export { TestClient, type NextPushOptions } from './test-client.js';
export { TestClientError, TestRequestError, type TestClientErrorCode } from './test-client.errors.js';
export { TestConnector, type TestClientOptions } from './test.connector.js';
