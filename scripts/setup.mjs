/**
 * Gets what the tests need and npm cannot bring: Chromium, from Debian's packages, when it is missing.
 * CHROMIUM_PATH names another one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const chromium = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

if (!existsSync(chromium)) {
  console.log(`${chromium} is missing: installing Debian's chromium`);
  run('apt-get', ['update']);
  run('apt-get', ['install', '-y', '--no-install-recommends', 'chromium']);
}

function run(command, args) {
  const sudo = process.getuid?.() === 0 ? [] : ['sudo', '-n'];
  const [program, ...rest] = [...sudo, command, ...args];
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status, error } = spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  if (status === 0) return;
  console.error(
    `"${[command, ...args].join(' ')}" failed (${error?.message ?? `exit code ${status}`}). Install chromium yourself, or set CHROMIUM_PATH.`,
  );
  process.exit(1);
}
