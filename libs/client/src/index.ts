export { PomeloClient } from './node-client.js';
export { streamFraming } from './framing.js';
export * from './shared-exports.js';
export { tcpTransport } from './tcp.transport.js';
