/**
 * Gets what the tests need and npm cannot bring, from Debian's packages, when it is missing: Chromium, HAProxy,
 * Redis and NATS; or only those that are named as arguments. CHROMIUM_PATH, HAPROXY_PATH, REDIS_SERVER_PATH and
 * NATS_SERVER_PATH name other ones.
 */
import { spawnSync } from 'node:child_process';
import { isMissing, names, variableOf } from './programs.mjs';

const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const missing = wanted.filter(isMissing);

if (missing.length > 0) {
  console.log(`Installing Debian's ${missing.join(' and ')}, missing here`);
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', ...missing]);
}

function run(command, args) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program, ...rest] = [...sudo, command, ...args];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (status === 0) return;
  const variables = missing.map(variableOf).join(' and ');
  console.error(
    `"${[command, ...args].join(' ')}" failed (${error?.message ?? `exit code ${status}`}). Install them yourself, or set ${variables}.`,
  );
  process.exit(1);
}
