import { COMMON_FORMER_NAMES, type FormerNames } from '../former-names.js';

const HYBRID_ALONE = 'sioconnector never had it; it is for the hybrid connector.';

/** Options of Pomelo's sioconnector, and of the socket.io below it, that have another name here, or none. */
export const FORMER_NAMES: FormerNames = {
  ...COMMON_FORMER_NAMES,
  connector: 'socketio() is the connector.',
  heartbeats: 'socket.io has heartbeats always; heartbeatInterval says how often.',
  closeTimeout: 'heartbeatTimeout says when a silent client is closed.',
  heartbeat: 'Write heartbeatInterval, in ms.',
  timeout: 'Write heartbeatTimeout, in ms.',
  pingInterval: 'Write heartbeatInterval.',
  pingTimeout: 'Write heartbeatTimeout.',
  maxHttpBufferSize: 'Write limits: { packageBytes } in the options of the module.',
  serveClient: 'Serve the client with your pages.',
  useAsyncCoder: 'encode and decode are synchronous.',
  checkClient: 'Write a handshake guard.',
  disconnectOnTimeout: HYBRID_ALONE,
  closeMethod: HYBRID_ALONE,
  useDict: HYBRID_ALONE,
  useProtobuf: HYBRID_ALONE,
  useCrypto: HYBRID_ALONE,
};
