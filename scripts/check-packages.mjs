/** Packs each library as npm would publish it, and checks the result with publint and attw. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const libraries = ['libs/protocol', 'libs/client', 'libs/pomelo'];
const folder = mkdtempSync(join(tmpdir(), 'packages-'));

try {
  for (const library of libraries) {
    run('npx', ['publint', '--strict', library]);
    const [{ filename }] = JSON.parse(
      run('npm', ['pack', '--json', '--pack-destination', folder, `./${library}`]),
    );
    run('npx', ['attw', '--profile', 'esm-only', join(folder, filename)]);
    console.log(`${library}: ready to publish`);
  }
} finally {
  rmSync(folder, { recursive: true });
}

function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    console.error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
    process.exit(1);
  }
  return stdout;
}
