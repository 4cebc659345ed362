import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startApp, type RunningApp } from './support/pomelo-app.js';
import { handshake, POMELO_SYS, RawClient } from './support/raw-client.js';
import { until } from './support/until.js';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'schemas-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const schemaOf = (field: string): string => JSON.stringify({ onNews: { [`required string ${field}`]: 1 } });

/** Saves as most editors do: a new file takes the place of the old one. */
function saveAtomically(file: string, text: string): void {
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

async function start(): Promise<RunningApp & { readonly file: string }> {
  const file = join(folder, 'serverProtos.json');
  writeFileSync(file, schemaOf('first'));
  return { ...(await startApp({ hybrid: { protobuf: { server: file, watch: true } } })), file };
}

/** Whether the handshake gives a new client the schema with this field. */
async function knows(port: number, field: string): Promise<boolean> {
  const client = await RawClient.open(port);
  client.send(handshake({ sys: POMELO_SYS }));
  const reply = JSON.stringify((await client.packages.take())?.json);
  await client.close();
  return reply.includes(`"${field}"`);
}

describe('hybrid.protobuf.watch', () => {
  it('sees every save of a file, also those that replace it', async () => {
    const { port, log, file } = await start();
    expect(await knows(port, 'first')).toBe(true);
    const saves = [saveAtomically, saveAtomically, writeFileSync, saveAtomically];
    for (const [index, save] of saves.entries()) {
      save(file, schemaOf(`field${index}`));
      await until(() => log.matching('log', 'read again').length > index);
      expect(await knows(port, `field${index}`)).toBe(true);
    }
    expect(await knows(port, 'first')).toBe(false);
  });

  it('keeps the schemas when a file cannot be read, and sees the next save', async () => {
    const { port, log, file } = await start();
    saveAtomically(file, '{');
    await until(() => log.matching('error', 'serverProtos.json').length === 1);
    expect(await knows(port, 'first')).toBe(true);
    saveAtomically(file, schemaOf('second'));
    await until(() => log.matching('log', 'read again').length === 1);
    expect(await knows(port, 'second')).toBe(true);
  });

  it('does not care for other files beside it', async () => {
    const { log, file } = await start();
    for (let count = 0; count < 3; count += 1) {
      saveAtomically(join(folder, 'other.json'), '{}');
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
    expect(log.matching('log', 'read again')).toEqual([]);
    saveAtomically(file, schemaOf('second'));
    await until(() => log.matching('log', 'read again').length === 1);
  });
});
