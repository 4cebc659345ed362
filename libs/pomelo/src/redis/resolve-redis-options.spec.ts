import { resolveRedisOptions } from './resolve-redis-options.js';
import type { RedisDriverOptions } from './redis-options.js';

describe('what sentences say of Redis', () => {
  it.each<[RedisDriverOptions, string]>([
    [{ url: 'redis://ann:secret@[::1]:7000/2' }, '[::1]:7000'],
    [{ url: 'rediss://db.example' }, 'db.example:6379'],
    [{ options: { host: 'db', port: 7_001, password: 'secret' } }, 'db:7001'],
    [{ options: { sentinels: [{ host: 's1' }, { host: 's2', port: 1 }], name: 'm' } }, 's1:26379, s2:1'],
    [{ options: { path: '/run/redis.sock' } }, '/run/redis.sock'],
    [{ options: {} }, 'localhost:6379'],
  ])('is where it is, without credentials: %#', (options, servers) => {
    expect(resolveRedisOptions(options).servers).toBe(servers);
  });
});
