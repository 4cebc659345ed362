import { COMMON_FORMER_NAMES, type FormerNames } from '../former-names.js';

/** Options of Pomelo's connectorConfig that have another name here, or none, and what to write instead. */
export const FORMER_NAMES: FormerNames = {
  ...COMMON_FORMER_NAMES,
  connector: 'hybrid() is the connector.',
  timeout: 'Write heartbeatTimeout.',
  useDict: 'Write dictionary: true.',
  useProtobuf: 'Write protobuf: { client, server }.',
  useAsyncCoder: 'encode and decode may return promises.',
  transports: 'It is for the socketio connector.',
  heartbeats: 'It was for sioconnector, which is socketio() here.',
  closeTimeout: 'It was for sioconnector, which is socketio() here.',
  heartbeatInterval: 'It is for the socketio connector.',
  udpType: 'There is no udp connector.',
  publishRoute: 'There is no mqtt connector.',
  subscribeRoute: 'There is no mqtt connector.',
};
