/** The programs that npm cannot bring, under the names of their Debian packages. A variable names another one. */
import { existsSync } from 'node:fs';

const programs = {
  chromium: { variable: 'CHROMIUM_PATH', path: '/usr/bin/chromium' },
  haproxy: { variable: 'HAPROXY_PATH', path: '/usr/sbin/haproxy' },
  'nats-server': { variable: 'NATS_SERVER_PATH', path: '/usr/sbin/nats-server' },
  'redis-server': { variable: 'REDIS_SERVER_PATH', path: '/usr/bin/redis-server' },
};

export const names = Object.keys(programs);

/** The variable that names another one. */
export function variableOf(name) {
  return programs[name].variable;
}

/** Where a program is, or would be. */
export function pathOf(name) {
  return process.env[variableOf(name)] ?? programs[name].path;
}

export function isMissing(name) {
  return !existsSync(pathOf(name));
}
