export { PomeloClient } from './node-client.js';
export * from './shared-exports.js';
export { tcpTransport } from './tcp.transport.js';
