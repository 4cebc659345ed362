export { socketio, SocketioConnector } from './socketio.connector.js';
export type { SocketioOptions } from './socketio.options.js';
