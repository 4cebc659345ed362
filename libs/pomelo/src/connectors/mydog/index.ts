export { mydog, MydogConnector } from './mydog.connector.js';
export type { MydogCodecOptions, MydogOptions } from './mydog.options.js';
