/**
 * The demo as a cluster on this machine: NATS, one gate, two connectors and two chat servers, each in a process of its own.
 * Kill any of them: it is started again. Ctrl-C ends them all. PORT is the one of the page (3010), 0 takes a free one.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMissing, pathOf } from './programs.mjs';
import { Supervised } from './supervisor.mjs';

const root = join(import.meta.dirname, '..');
const host = process.env.PUBLIC_HOST ?? '127.0.0.1';
const folder = mkdtempSync(join(tmpdir(), 'demo-cluster-'));
const running = [];
let ending = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void end());
process.on('exit', () => {
  for (const one of running) one.kill();
  rmSync(folder, { recursive: true, force: true });
});

if (isMissing('nats-server')) installNats();
try {
  await startAll();
} catch (error) {
  console.error(`The demo did not start: ${error.message}`);
  process.exit(1);
}

async function startAll() {
  const natsUrl = await startNats();
  const gate = server('gate-1', 'gate', natsUrl, process.env.PORT ?? '3010');
  const [, url] = await gate.start(/Chat: (\S+)$/);
  const { port } = new URL(url);
  // It comes back where the page is.
  gate.port = port;
  const origins = [...new Set(['127.0.0.1', 'localhost', host])].map((name) => `http://${name}:${port}`);
  const others = ['connector-1', 'connector-2', 'chat-1', 'chat-2'].map((id) =>
    server(id, id.slice(0, id.indexOf('-')), natsUrl, '0', origins),
  );
  await Promise.all(others.map((one) => one.start(/listens: \S+$/)));
  console.log(`Chat: http://${host}:${port}`);
  console.log('Kill what you like. Ctrl-C ends everything.');
}

function installNats() {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), 'nats-server'], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exit(1);
}

/** On a free port, which stays its own. */
async function startNats() {
  let port = '-1';
  const nats = supervise('nats', () => ({
    command: pathOf('nats-server'),
    args: ['--addr', '127.0.0.1', '--port', port, '--jetstream', '--store_dir', folder],
  }));
  [, port] = await nats.start(/client connections on 127\.0\.0\.1:(\d+)$/);
  return `nats://127.0.0.1:${port}`;
}

/** One process of the demo; `port` may be changed for its next start. */
function server(id, type, natsUrl, port, origins = []) {
  const one = supervise(id, () => ({
    command: process.execPath,
    args: ['--enable-source-maps', join(root, 'dist/main.js')],
    env: {
      ...process.env,
      SERVER_ID: id,
      SERVER_TYPES: type,
      NATS_URL: natsUrl,
      // Not those of who starts this.
      REDIS_URL: undefined,
      PUBLIC_PORT: undefined,
      PORT: one.port,
      ...(origins.length > 0 && { ORIGINS: origins.join(',') }),
    },
  }));
  one.port = port;
  return one;
}

function supervise(name, make) {
  const one = new Supervised(name, make);
  running.push(one);
  return one;
}

/** The servers first: they say goodbye to each other over NATS. */
async function end() {
  if (ending) return;
  ending = true;
  const [nats, ...servers] = running;
  await Promise.all(servers.map((one) => one.stop()));
  await nats?.stop();
  process.exit(0);
}
