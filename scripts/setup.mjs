/**
 * Gets what the tests need and npm cannot bring, from Debian's packages, when it is missing: Chromium, HAProxy and Redis.
 * CHROMIUM_PATH, HAPROXY_PATH and REDIS_SERVER_PATH name other ones.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const programs = [
  { name: 'chromium', variable: 'CHROMIUM_PATH', path: '/usr/bin/chromium' },
  { name: 'haproxy', variable: 'HAPROXY_PATH', path: '/usr/sbin/haproxy' },
  { name: 'redis-server', variable: 'REDIS_SERVER_PATH', path: '/usr/bin/redis-server' },
];
const missing = programs.filter(({ variable, path }) => !existsSync(process.env[variable] ?? path));

if (missing.length > 0) {
  const names = missing.map(({ name }) => name);
  console.log(`Installing Debian's ${names.join(' and ')}, missing here`);
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...names]);
}

function run(command, args) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program, ...rest] = [...sudo, command, ...args];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (status === 0) return;
  const variables = missing.map(({ variable }) => variable).join(' and ');
  console.error(
    `"${[command, ...args].join(' ')}" failed (${error?.message ?? `exit code ${status}`}). Install them yourself, or set ${variables}.`,
  );
  process.exit(1);
}
