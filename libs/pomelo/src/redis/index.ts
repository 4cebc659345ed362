export { redis } from './redis.driver.js';
export type { RedisDriverOptions } from './redis-options.js';
export { RedisChannelHistory, type RedisHistoryOptions } from './redis-channel-history.js';
export { RedisSessionStorage, type RedisStorageOptions } from './redis-session-storage.js';
