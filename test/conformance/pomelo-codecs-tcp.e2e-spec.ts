import { describeClient, EVERY_TYPE } from './support/client-contract.js';
import { CodecTcpClient } from './support/tcp-client.js';

describeClient(
  'a TCP client of pomelo-protocol and pomelo-protobuf',
  (port, user) => CodecTcpClient.connect(port, user),
  { schemaBody: EVERY_TYPE },
);
