export { PomeloClient } from './browser-client.js';
export * from './shared-exports.js';
