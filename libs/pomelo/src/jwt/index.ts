export { JwtHandshakeGuard } from './jwt-handshake.guard.js';
export { JwtSessions } from './jwt-sessions.js';
export { PomeloJwtModule } from './jwt.module.js';
export { JWT_ALGORITHMS, type JwtAlgorithm, type JwtKey, type JwtOptions } from './jwt.options.js';
export { MemoryReplayStore } from './memory-replay-store.js';
export { RedisReplayStore, type RedisReplayOptions, type RedisSetCommand } from './redis-replay-store.js';
export type { ReplayStore } from './replay-store.interface.js';
