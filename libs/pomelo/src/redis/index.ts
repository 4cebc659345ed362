export { RedisSessionStorage, type RedisStorageOptions } from './redis-session-storage.js';
